"""TCP services: the start and end of programs and proxies, and their isolation."""
import hashlib
import random
import socket
import threading
import time
import unittest

import lab

SCRIPTS = {
    "greet.sh": """#!/bin/sh
echo "from $HONEYD_IP_SRC:$HONEYD_SRC_PORT to $HONEYD_IP_DST:$HONEYD_DST_PORT as $HONEYD_PERSONALITY"
echo "arguments $*"
echo "a note of the greeter" >&2
""",
    "count.sh": "#!/bin/sh\nwc -c\n",
    "digest.sh": "#!/bin/sh\nsha256sum\n",
    "crash.sh": "#!/bin/sh\necho before\nkill -SEGV $$\n",
    "deaf.sh": "#!/bin/sh\nexec sleep 1000\n",
    "endless.sh": "#!/bin/sh\nwhile echo more; do :; done\n",
    "whoami.sh": "#!/bin/sh\nid -u\n",
}

CONFIG = """
create host
set host default tcp action reset
add host tcp port 7 "cat"
add host tcp port 9 "sh digest.sh"
add host tcp port 10 "sh greet.sh $ipsrc $sport $ipdst $dport"
add host tcp port 11 "sh count.sh"
add host tcp port 12 "sh crash.sh"
add host tcp port 13 "sh deaf.sh"
add host tcp port 14 "sh endless.sh"
add host tcp port 15 "no-such-program"
add host tcp port 16 "sh whoami.sh"
add host tcp port 19 "cat data"
add host tcp port 22 proxy $ipsrc:22
add host tcp port 23 proxy 192.0.2.2:4321
add host tcp port 24 proxy $ipsrc:1
add host tcp port 80 open
add host tcp port 81 block
bind 10.0.0.5 host
"""


class Tcp(lab.LabTest):
    config = CONFIG
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        for name, text in SCRIPTS.items():
            cls.lab.add_file(name, text)
        cls.data = random.Random(1).randbytes(20_000_000)
        path = cls.lab.folder / "data"
        path.write_bytes(cls.data)
        path.chmod(0o644)

    def connect(self, port):
        return self.attacker.connect("10.0.0.5", port)

    def all_that_is_said_on(self, port):
        """The bytes before the end, which may be a reset, even during connect()."""
        try:
            with self.connect(port) as connection:
                return lab.read_all(connection)
        except ConnectionResetError:
            return b""

    def still_serves(self):
        """Whether a conversation with another service works."""
        with self.connect(7) as connection:
            connection.sendall(b"are you there?")
            return connection.recv(100) == b"are you there?"

    def test_half_close(self):
        self.assertEqual(self.attacker.shell("printf hello | nc -N -w5 10.0.0.5 11").stdout.strip(), "5")
        self.assertEqual(self.attacker.shell("printf hello | nc -N -w5 10.0.0.5 7").stdout, "hello")

    def test_variables_and_environment(self):
        with self.connect(10) as connection:
            port = connection.getsockname()[1]
            said = lab.read_all(connection).decode().splitlines()
        self.assertEqual(said[0].split(" as ")[0], f"from 192.0.2.2:{port} to 10.0.0.5:10")
        self.assertEqual(said[1], f"arguments 192.0.2.2 {port} 10.0.0.5 10")
        self.assertTrue(self.daemon.wait_for_log("a note of the greeter"))

    def test_services_run_without_privileges(self):
        with self.connect(16) as connection:
            self.assertGreaterEqual(int(lab.read_all(connection)), 2_000_000_000)  # a user of its own

    def test_closed_blocked_and_open_ports(self):
        start = time.monotonic()
        with self.assertRaises(ConnectionRefusedError):
            self.connect(82)
        self.assertLess(time.monotonic() - start, 0.5)
        with self.assertRaises(TimeoutError):
            self.attacker.connect("10.0.0.5", 81, timeout=1.5)
        with self.connect(80) as connection:
            connection.sendall(b"anybody?")

    def test_reset_by_the_visitor(self):
        connection = self.connect(13)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
        self.assertTrue(self.still_serves())

    def test_a_service_that_crashes(self):
        with self.connect(12) as connection:
            self.assertEqual(lab.read_all(connection), b"before\n")
        self.assertTrue(self.still_serves())

    def test_a_program_that_is_not_there(self):
        self.assertEqual(self.all_that_is_said_on(15), b"")
        self.assertTrue(self.daemon.wait_for_log("no-such-program"))
        self.assertTrue(self.still_serves())

    def test_a_service_that_never_reads(self):
        with self.connect(13) as connection:
            connection.settimeout(1)
            with self.assertRaises(TimeoutError):  # the window closes; nothing is lost, no buffer grows
                while True:
                    connection.send(self.data[:65536])
            self.assertTrue(self.still_serves())

    def test_a_visitor_that_never_reads(self):
        with self.connect(14) as connection:
            time.sleep(1)
            self.assertTrue(self.still_serves())
            self.assertTrue(connection.recv(100).startswith(b"more\n"))

    def test_services_end_with_their_conversation(self):
        with self.connect(14) as connection:
            connection.recv(10)
            self.assertEqual(self.running("endless.sh"), 1)
        self.assertTrue(lab.wait_until(lambda: self.running("endless.sh") == 0))

    @staticmethod
    def running(script):
        return sum(script in command for command in lab.all_commands())

    def test_a_hundred_conversations_at_once(self):
        connections = [self.connect(7) for _ in range(100)]
        for i, connection in enumerate(connections):
            connection.sendall(b"%d" % i)
        for i, connection in enumerate(connections):
            self.assertEqual(connection.recv(10), b"%d" % i)
            connection.close()

    def test_transfer_to_the_visitor(self):
        with self.connect(19) as connection:
            received = lab.read_all(connection)
        self.assertEqual(len(received), len(self.data))
        self.assertEqual(hashlib.sha256(received).digest(), hashlib.sha256(self.data).digest())

    def test_transfer_to_the_service(self):
        with self.connect(9) as connection:
            connection.sendall(self.data)
            connection.shutdown(socket.SHUT_WR)
            answer = lab.read_all(connection).decode()
        self.assertEqual(answer.split()[0], hashlib.sha256(self.data).hexdigest())

    def test_transfer_both_ways_at_once(self):
        data = self.data[:5_000_000]
        with self.connect(7) as connection:
            sender = threading.Thread(target=lambda: (connection.sendall(data),
                                                      connection.shutdown(socket.SHUT_WR)))
            sender.start()
            received = lab.read_all(connection)
            sender.join()
        self.assertEqual(hashlib.sha256(received).digest(), hashlib.sha256(data).digest())

    def test_proxy_back_to_the_visitor(self):
        with self.attacker.listen(22) as listener, self.connect(22) as connection:
            accepted, peer = listener.accept()
            self.assertEqual(peer[0], "192.0.2.1")  # the machine's kernel makes the proxy's connection
            accepted.sendall(b"SSH-2.0-mine\r\n")
            self.assertEqual(connection.recv(100), b"SSH-2.0-mine\r\n")
            connection.sendall(b"hello, me")
            self.assertEqual(accepted.recv(100), b"hello, me")
            accepted.close()
            self.assertEqual(lab.read_all(connection), b"")

    def test_proxy_with_half_close(self):
        with self.attacker.listen(4321) as listener, self.connect(23) as connection:
            accepted, _ = listener.accept()
            connection.sendall(self.data[:300_000])
            connection.shutdown(socket.SHUT_WR)
            received = lab.read_all(accepted)
            accepted.sendall(b"%d" % len(received))
            accepted.close()
            self.assertEqual(lab.read_all(connection), b"300000")

    def test_proxy_to_a_closed_port(self):
        self.assertEqual(self.all_that_is_said_on(24), b"")
        self.assertTrue(self.still_serves())


class TcpThroughOffloads(Tcp):
    """The same with super-frames without checksums, as between containers."""

    offloads = True


if __name__ == "__main__":
    lab.main()
