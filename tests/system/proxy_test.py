"""Proxies to a server in another network namespace, with real clients and servers: addresses, Unix sockets,
the PROXY protocol, visitors' addresses, refused and silent targets."""
import hashlib
import os
import pathlib
import random
import shutil
import socket
import struct
import subprocess
import threading
import time
import unittest

import lab

SERVER = "172.16.0.2"
SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
CONFIG = f"""
create host
set host default tcp action reset
add host tcp port 22 proxy {SERVER}:22
add host tcp port 80 proxy {SERVER}:8080 proxy-protocol
add host tcp port 81 proxy server.example:8080 proxy-protocol
add host tcp port 1000 proxy {SERVER}:1000
add host tcp port 1001 proxy {SERVER}:1001 transparent
add host tcp port 1002 proxy {SERVER}:1
add host tcp port 1003 proxy {SERVER}:2
add host tcp port 1004 proxy "unix:@FOLDER@/stream.sock" proxy-protocol
add host tcp port 1005 proxy no-such-name.example:22
add host udp port 1000 proxy {SERVER}:1000
add host udp port 1001 proxy {SERVER}:1001 transparent
add host udp port 1002 proxy {SERVER}:1
add host udp port 1003 proxy {SERVER}:1003 proxy-protocol
add host udp port 1004 proxy "unix:@FOLDER@/datagram.sock"
bind 10.0.0.5 host
"""
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def parse_header(data):
    """The visitor's and the host's address and port from a PROXY header, and what follows it."""
    assert data.startswith(SIGNATURE), data
    version, family, length = struct.unpack("!BBH", data[12:16])
    source, destination, source_port, destination_port = struct.unpack("!4s4sHH", data[16:28])
    assert (version, length) == (0x21, 12)
    return (family, (socket.inet_ntoa(source), source_port),
            (socket.inet_ntoa(destination), destination_port), data[28:])


def take(connection, size):
    """Reads exactly `size` bytes."""
    data = b""
    while len(data) < size and (part := connection.recv(size - len(data))):
        data += part
    return data


def is_reset(machine, address, port):
    """Whether a connection is reset, during connect() or later."""
    try:
        with machine.connect(address, port) as visitor:
            visitor.recv(1)
    except ConnectionResetError:
        return True
    return False


class Proxies(lab.LabTest):
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.server = cls.lab.add_machine("server")
        lab.connect_wire(cls.honeynet, "back", cls.server, "front")
        cls.honeynet.ip("address", "add", "172.16.0.1/24", "dev", "back")
        cls.server.ip("address", "add", f"{SERVER}/24", "dev", "front")
        # For `transparent`, as docs/proxies.md has it: answers come back to this machine, and it takes them.
        cls.server.ip("route", "add", "default", "via", "172.16.0.1")
        cls.honeynet.ip("rule", "add", "iif", "back", "from", SERVER, "lookup", "100")
        cls.honeynet.ip("route", "add", "local", "default", "dev", "lo", "table", "100")
        # The server drops what comes for port 2.
        cls.server.run("nft", "add table ip filter; add chain ip filter input "
                       "{ type filter hook input priority 0; }; add rule ip filter input tcp dport 2 drop")
        (cls.honeynet.names / "hosts").write_text(f"127.0.0.1 localhost\n{SERVER} server.example\n")
        cls.data = random.Random(1).randbytes(8_000_000)
        cls.config = CONFIG.replace("@FOLDER@", str(cls.lab.folder))
        cls.arguments += ("--events", cls.lab.folder / "events.json")

    def connect(self, port, timeout=10):
        return self.attacker.connect("10.0.0.5", port, timeout)

    def test_the_proxy_protocol_names_both_ends(self):
        for port in (80, 81):  # by address, by name
            with self.subTest(port), self.server.listen(8080) as listener, self.connect(port) as visitor:
                accepted, peer = listener.accept()
                self.assertEqual(peer[0], "172.16.0.1")
                visitor.sendall(b"hello")
                family, source, destination, rest = parse_header(take(accepted, 33))
                self.assertEqual((family, source, destination, rest),
                                 (0x11, visitor.getsockname(), ("10.0.0.5", port), b"hello"))
                accepted.close()

    def test_a_transparent_proxy_comes_from_the_visitor(self):
        with self.server.listen(1001) as listener, self.connect(1001) as visitor:
            accepted, peer = listener.accept()
            self.assertEqual(peer, visitor.getsockname())
            accepted.sendall(b"welcome")
            self.assertEqual(visitor.recv(100), b"welcome")
            visitor.sendall(b"hello")
            self.assertEqual(accepted.recv(100), b"hello")
            accepted.close()
            self.assertEqual(visitor.recv(100), b"")

    def test_a_transparent_proxy_over_udp(self):
        with self.server.listen(1001, socket.SOCK_DGRAM) as server, \
                self.attacker.udp("10.0.0.5", 1001) as visitor:
            visitor.send(b"question")
            asked, peer = server.recvfrom(100)
            self.assertEqual((asked, peer), (b"question", visitor.getsockname()))
            server.sendto(b"answer", peer)
            self.assertEqual(visitor.recv(100), b"answer")

    def test_datagrams_with_a_header(self):
        with self.server.listen(1003, socket.SOCK_DGRAM) as server, \
                self.attacker.udp("10.0.0.5", 1003) as visitor:
            for text in (b"one", b"two"):
                visitor.send(text)
                asked, peer = server.recvfrom(100)
                self.assertEqual(parse_header(asked), (0x12, visitor.getsockname(), ("10.0.0.5", 1003), text))
            server.sendto(b"answer", peer)
            self.assertEqual(visitor.recv(100), b"answer")

    def test_unix_sockets(self):
        path = str(self.lab.folder / "stream.sock")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.settimeout(10)
            listener.bind(path)
            pathlib.Path(path).chmod(0o666)
            listener.listen()
            with self.connect(1004) as visitor:
                accepted, _ = listener.accept()
                visitor.sendall(b"hello")
                self.assertEqual(parse_header(take(accepted, 33))[1:],
                                 (visitor.getsockname(), ("10.0.0.5", 1004), b"hello"))
                accepted.sendall(b"bye")
                accepted.close()
                self.assertEqual(lab.read_all(visitor), b"bye")

    def test_a_unix_socket_of_datagrams(self):
        path = str(self.lab.folder / "datagram.sock")
        with self.honeynet.inside():  # the daemon's own address there is one of the network namespace
            server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with server, self.attacker.udp("10.0.0.5", 1004) as visitor:
            server.settimeout(10)
            server.bind(path)
            pathlib.Path(path).chmod(0o666)
            visitor.send(b"question")
            asked, peer = server.recvfrom(100)
            self.assertEqual(asked, b"question")
            server.sendto(b"answer", peer)
            self.assertEqual(visitor.recv(100), b"answer")

    def test_a_refused_connection_is_reset(self):
        for port in (1002, 1005):  # nothing listens; no such name
            with self.subTest(port):
                start = time.monotonic()
                self.assertTrue(is_reset(self.attacker, "10.0.0.5", port))
                self.assertLess(time.monotonic() - start, 3)
        self.assertTrue(self.daemon.wait_for_log(f"cannot connect to {SERVER}:1: Connection refused"))
        self.assertTrue(self.daemon.wait_for_log("no address found for the name"))

    def test_a_refused_datagram_makes_the_port_a_closed_one(self):
        with self.attacker.udp("10.0.0.5", 1002) as visitor:
            visitor.send(b"anybody?")
            self.assertTrue(self.daemon.wait_for_log("connection lost: Connection refused"))
            visitor.send(b"anybody?")
            with self.assertRaises(ConnectionRefusedError):
                visitor.recv(100)

    def test_a_silent_target_is_like_a_server_that_hangs(self):
        with self.connect(1003, timeout=1) as visitor:
            visitor.sendall(b"anybody?")
            self.assertTrue(self.daemon.wait_for_log("the visitor stays connected", 7))
            with self.assertRaises(TimeoutError):
                visitor.recv(1)
            visitor.settimeout(5)
            visitor.shutdown(socket.SHUT_WR)
            self.assertEqual(visitor.recv(1), b"")

    def test_a_reset_is_passed_on_both_ways(self):
        reset = struct.pack("ii", 1, 0)
        with self.server.listen(1000) as listener:
            visitor = self.connect(1000)
            accepted, _ = listener.accept()
            visitor.sendall(b"x")
            accepted.recv(1)
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            visitor.close()
            accepted.settimeout(5)
            with self.assertRaises(ConnectionResetError):
                accepted.recv(1)
            accepted.close()
            with self.connect(1000) as visitor:
                accepted, _ = listener.accept()
                accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                accepted.close()
                with self.assertRaises(ConnectionResetError):
                    visitor.recv(1)

    def test_bulk_both_ways_at_once(self):
        with self.server.listen(1000) as listener, self.connect(1000, 60) as visitor:
            accepted, _ = listener.accept()
            accepted.settimeout(60)
            got = {}

            def talk(name, connection):
                sender = threading.Thread(target=lambda: (connection.sendall(self.data),
                                                          connection.shutdown(socket.SHUT_WR)))
                sender.start()
                got[name] = hashlib.sha256(lab.read_all(connection)).digest()
                sender.join()

            server = threading.Thread(target=talk, args=("server", accepted))
            server.start()
            talk("visitor", visitor)
            server.join()
            accepted.close()
            expected = hashlib.sha256(self.data).digest()
            self.assertEqual(got, {"server": expected, "visitor": expected})

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.daemon.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def test_a_side_that_does_not_read_stops_the_other(self):
        """The daemon keeps a window of each direction, not what a fast side sends."""
        with self.server.listen(1000) as listener:
            for receiver in ("server", "visitor"):
                with self.subTest(receiver), self.connect(1000, 2) as visitor:
                    accepted, _ = listener.accept()
                    accepted.settimeout(2)
                    sender = visitor if receiver == "server" else accepted
                    before, sent = self.resident_kib(), 0
                    with self.assertRaises(TimeoutError):
                        while True:
                            sent += sender.send(self.data[:65536])
                    self.assertLess(sent, 30_000_000)
                    self.assertLess(self.resident_kib() - before, 20_000)
                    accepted.close()

    def test_curl(self):
        def serve(listener):
            accepted, _ = listener.accept()
            head = b""
            while b"\r\n\r\n" not in head[28:]:
                head += accepted.recv(4096)
            source = parse_header(head)[1][0]
            accepted.sendall(b"HTTP/1.0 200 OK\r\n\r\nhello " + source.encode() + b"\n")
            accepted.close()

        with self.server.listen(8080) as listener:
            thread = threading.Thread(target=serve, args=(listener,))
            thread.start()
            done = self.attacker.run("curl", "-s", "--noproxy", "*", "http://10.0.0.5/")
            thread.join()
        self.assertEqual(done.stdout, "hello 192.0.2.2\n")

    def test_nc_through_to_nc(self):
        server = self.server.start("nc", "-l", "-N", "1000", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.assertTrue(lab.wait_until(lambda: ":1000" in self.server.run("ss", "-ltn").stdout))
            visitor = self.attacker.start("nc", "-N", "-w5", "10.0.0.5", "1000", stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE)
            server.stdin.write(b"from the server\n")
            server.stdin.close()
            visitor.stdin.write(b"from the visitor\n")
            visitor.stdin.close()
            self.assertEqual(visitor.stdout.read(), b"from the server\n")
            self.assertEqual(server.stdout.read(), b"from the visitor\n")
            self.assertEqual(visitor.wait(10), 0)
        finally:
            server.kill()
            server.wait()
            for stream in (server.stdout, visitor.stdout):
                stream.close()

    @unittest.skipUnless(SSHD, "no sshd")
    def test_ssh_through_to_a_real_sshd(self):
        folder = self.lab.folder / "ssh"
        folder.mkdir()
        for name in ("host", "user"):
            lab.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name)
        shutil.copy(folder / "user.pub", folder / "authorized_keys")
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        server = self.server.start(SSHD, "-D", "-e", "-f", "/dev/null", "-p", "22",
                                   "-h", folder / "host", "-o", f"AuthorizedKeysFile={folder}/authorized_keys",
                                   "-o", "StrictModes=no", "-o", "PidFile=none", "-o", "UsePAM=no",
                                   "-o", "PermitRootLogin=yes",
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.assertTrue(lab.wait_until(lambda: ":22 " in self.server.run("ss", "-ltn").stdout))
            done = self.attacker.run("ssh", "-F", "none", "-i", folder / "user", "-o", "BatchMode=yes",
                                     "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                                     "-o", "LogLevel=ERROR", "root@10.0.0.5",
                                     "echo in $SSH_CONNECTION; head -c 1000000 /dev/zero | wc -c", check=False)
            self.assertIn("in 172.16.0.1 ", done.stdout)
            self.assertIn("1000000", done.stdout)
        finally:
            server.terminate()
            server.wait()

    def test_both_directions_are_recorded(self):
        with self.server.listen(1000) as listener, self.connect(1000) as visitor:
            accepted, _ = listener.accept()
            visitor.sendall(b"a question for the record")
            self.assertTrue(accepted.recv(100))
            accepted.sendall(b"an answer for the record")
            self.assertTrue(visitor.recv(100))
            accepted.close()
            visitor.shutdown(socket.SHUT_WR)
            lab.read_all(visitor)
        events = self.lab.folder / "events.json"
        for text in ("a question for the record", "an answer for the record"):
            self.assertTrue(lab.wait_until(lambda text=text: text in events.read_text()), text)


if __name__ == "__main__":
    lab.main()
