"""Outgoing connections of subsystems: nginx and dnsmasq of Debian as clients of real servers, and a program that
tries everything else."""
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import time
import unittest

import lab

SYSTEM = "Linux 2.6.18"  # nobody runs that any more: not the system of this machine
SYSTEM_PATH = f"{os.environ['PATH']}:/usr/sbin"
PROGRAMS = {name: shutil.which(name, path=SYSTEM_PATH)
            for name in ("nginx", "dnsmasq", "curl", "dig", "tcpdump")}
PYTHON = "/usr/bin/python3"  # one that services may use
NGINX = """
error_log stderr notice;
events {}
http {
  access_log off;
  server { listen 80; location / { proxy_pass http://192.0.2.2:8000; } }
  server { listen 81; location / { proxy_pass http://192.0.2.2:9999; } }
}
"""
# A server that does what its visitors ask for: a line of JSON is a call, with a line of JSON as its answer.
AGENT = r'''
import ctypes, errno, json, socket, socketserver, struct, threading, time

def names(made):
    return {"peer": made.getpeername(), "name": made.getsockname()}

def tcp(host, port, say="", timeout=10, source=None):
    with socket.socket() as made:
        made.settimeout(timeout)
        if source: made.bind(tuple(source))
        made.connect((host, port))
        answer = names(made)
        if say: made.sendall(say.encode())
        answer["said"] = made.recv(1000).decode("latin-1") if say else ""
        return answer

def hold(host, port, seconds):
    """Keeps a connection; how it ended."""
    with socket.create_connection((host, port), 10) as made:
        made.settimeout(seconds)
        return {"said": made.recv(1000).decode()}

def nonblocking(host, port):
    with socket.socket() as made:
        made.setblocking(False)
        first = made.connect_ex((host, port))
        made.settimeout(10)
        import select
        select.select([], [made], [], 10)
        return {"first": errno.errorcode[first], "error": made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR),
                **names(made)}

def udp(host, port, say, count=1, connect=True):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.settimeout(5)
        if connect: made.connect((host, port))
        for _ in range(count):
            made.send(say.encode()) if connect else made.sendto(say.encode(), (host, port))
        got, sender = made.recvfrom(1000)
        return {"said": got.decode("latin-1"), "from": sender}

def raw(family, kind, protocol):
    socket.socket(family, kind, protocol).close()
    return {}

def many(host, first, count):
    """Begins connections without waiting for them."""
    made = []
    for port in range(first, first + count):
        made.append(socket.socket())
        made[-1].setblocking(False)
        made[-1].connect_ex((host, port))
    time.sleep(3)
    for one in made: one.close()
    return {}

def change_while_connecting(allowed, refused, seconds):
    """Another thread changes the address while the call is looked at. To where connections went."""
    libc = ctypes.CDLL(None, use_errno=True)
    address = ctypes.create_string_buffer(16)
    form = lambda to: struct.pack("=H", socket.AF_INET) + struct.pack("!H", to[1]) + socket.inet_aton(to[0]) + bytes(8)
    good, bad = form(allowed), form(refused)
    over = False
    def change():
        while not over:
            ctypes.memmove(address, bad, 16)
            ctypes.memmove(address, good, 16)
    threading.Thread(target=change, daemon=True).start()
    peers, tries, end = {}, 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as made:
            tries += 1
            if libc.connect(made.fileno(), address, 16) == 0:
                peer = "%s:%d" % made.getpeername()
                peers[peer] = peers.get(peer, 0) + 1
        time.sleep(0.05)
    over = True
    return {"peers": peers, "tries": tries}

class Agent(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            call, *arguments = json.loads(line)
            try:
                answer = globals()[call](*arguments)
            except OSError as error:
                answer = {"errno": errno.errorcode.get(error.errno, str(error))}
            self.wfile.write(json.dumps(answer).encode() + b"\n")

class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

Server(("", 7000), Agent).serve_forever()
'''
AGENT_EGRESS = "192.0.2.2:8000-8001/tcp 192.0.2.2:5353 192.0.2.99 192.0.2.2:6000-6199/tcp 10.0.0.0/24:7"
CONFIG = f"""
create plain
set plain personality "{SYSTEM}"
set plain default tcp action reset
clone web plain
add web subsystem "{PROGRAMS['nginx']} -c @FOLDER@/nginx.conf -g 'daemon off;'" shared
set web egress list 192.0.2.0/24:8000/tcp
bind 10.0.0.5 web
clone names plain
add names subsystem "{PROGRAMS['dnsmasq']} -k --log-facility=- -u nobody -g nogroup --no-resolv --server=192.0.2.2#5353"
set names egress list 192.0.2.2:5353/udp
bind 10.0.0.6 names
clone echo plain
add echo tcp port 7 internal "echo"
bind 10.0.0.7 echo
clone agent plain
add agent subsystem "{PYTHON} -u @FOLDER@/agent.py"
set agent egress list {AGENT_EGRESS}
bind 10.0.0.8 agent
clone quiet plain
add quiet subsystem "{PYTHON} -u @FOLDER@/agent.py"
bind 10.0.0.9 quiet
"""


class Upstream:
    """A TCP server of the attacker's machine that says who connected, and remembers them."""

    def __init__(self, machine, port):
        self.listener = machine.listen(port)
        self.listener.settimeout(None)
        self.peers, self.open = [], []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                made, peer = self.listener.accept()
                self.peers.append(peer)
                self.open.append(made)
                threading.Thread(target=self.answer, args=(made, peer), daemon=True).start()

    def answer(self, made, peer):
        with contextlib.suppress(OSError):
            asked = made.recv(10_000)
            body = f"you are {peer[0]}:{peer[1]}, {len(asked)} bytes".encode()
            if asked.startswith(b"GET"):
                body = b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            if asked:
                made.sendall(body)
                made.close()


class Egress(lab.LabTest):
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        missing = [name for name, path in PROGRAMS.items() if path is None]
        if missing:
            raise unittest.SkipTest(f"not installed: {', '.join(missing)}")
        folder = cls.lab.folder
        cls.lab.add_file("nginx.conf", NGINX, 0o644)
        cls.lab.add_file("agent.py", AGENT, 0o644)
        cls.config = CONFIG.replace("@FOLDER@", str(folder))
        cls.events_path = folder / "events.json"
        cls.capture_path = folder / "capture.pcapng"
        cls.arguments += ("--events", cls.events_path, "--capture", cls.capture_path)
        cls.upstream, cls.other = Upstream(cls.attacker, 8000), Upstream(cls.attacker, 9999)
        resolver = cls.attacker.start(
            PROGRAMS["dnsmasq"], "-k", "--port=5353", "--no-resolv", "--no-hosts", "--pid-file=",
            "--conf-file=/dev/null", "--address=/upstream.example/10.9.9.9", "--listen-address=192.0.2.2",
            "--bind-interfaces", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(lambda: (resolver.kill(), resolver.wait()))

    def setUp(self):
        for host, port in (("10.0.0.5", 80), ("10.0.0.8", 7000), ("10.0.0.9", 7000)):
            self.wait_for_port(host, port)

    def wait_for_port(self, address, port):
        def is_open():
            try:
                self.attacker.connect(address, port, 2).close()
                return True
            except OSError:
                return False
        self.assertTrue(lab.wait_until(is_open, 30), f"{address}:{port} stays closed\n{self.daemon.log()}")

    def ask(self, *call, host="10.0.0.8", timeout=60):
        with self.attacker.connect(host, 7000, timeout) as visitor:
            visitor.sendall(json.dumps(call).encode() + b"\n")
            line = visitor.makefile().readline()
            self.assertTrue(line, f"no answer\n{self.daemon.log()}")
            return json.loads(line)

    @classmethod
    def events(cls, action):
        found = []
        for line in cls.events_path.read_text().splitlines():
            with contextlib.suppress(json.JSONDecodeError):
                event = json.loads(line)
                if event["event"]["action"] == action:
                    found.append(event)
        return found

    def wait_for_event(self, action, matches):
        return lab.wait_until(lambda: [event for event in self.events(action) if matches(event)], 5)

    @contextlib.contextmanager
    def sniffed(self, *filter_words):
        """The lines of tcpdump on the attacker's end of the wire."""
        lines = []
        sniffer = self.attacker.start(PROGRAMS["tcpdump"], "-n", "-v", "-i", "outside", "-l", "--immediate-mode",
                                      *filter_words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        reader = threading.Thread(target=lambda: lines.extend(sniffer.stdout), daemon=True)
        reader.start()
        time.sleep(1)
        yield lines
        time.sleep(0.5)
        sniffer.terminate()
        sniffer.wait()
        reader.join()
        sniffer.stdout.close()

    # ── real servers ──

    def test_nginx_as_a_proxy_of_a_real_server(self):
        with self.sniffed("tcp", "port", "8000") as lines:
            said = self.attacker.run("curl", "-sS", "--max-time", "20", "http://10.0.0.5/").stdout
        self.assertRegex(said, r"you are 10\.0\.0\.5:\d+, \d+ bytes")
        wire = "".join(lines)
        self.assertNotIn("192.0.2.1", wire, "the machine's own address is not seen")
        # The SYN of the fingerprint, not of this machine: its window, its options, and their order.
        syn = [line for line in wire.split("IP (") if "Flags [S]," in line]
        self.assertEqual(len(syn), 1, wire)
        self.assertIn("ttl 64", syn[0])
        self.assertRegex(syn[0], r"10\.0\.0\.5\.\d+ > 192\.0\.2\.2\.8000")
        self.assertIn("win 5840, options [mss 1460,nop,wscale 1]", syn[0])
        started = self.wait_for_event("flow_start", lambda event: event["source"]["ip"] == "10.0.0.5")
        self.assertTrue(started, "it is an event")
        self.assertEqual(started[0]["destination"], {"ip": "192.0.2.2", "port": 8000})
        self.assertEqual(started[0]["network"]["direction"], "outbound")
        ended = self.wait_for_event("flow_end", lambda event: event["source"]["ip"] == "10.0.0.5")
        self.assertGreater(ended[0]["source"]["bytes"], 20)
        self.assertGreater(ended[0]["destination"]["bytes"], 20)
        self.assertTrue(self.wait_for_event("payload", lambda event: event["source"]["ip"] == "10.0.0.5"
                                            and "GET / HTTP" in event["apiary"]["payload"]["text"]))

    def test_dnsmasq_forwards_to_a_real_resolver(self):
        self.wait_for_port("10.0.0.6", 53)
        with self.sniffed("udp", "port", "5353") as lines:
            said = lab.wait_until(lambda: self.attacker.run(
                "dig", "+time=3", "+tries=1", "@10.0.0.6", "www.upstream.example", "+short",
                check=False).stdout.strip(), 20)
        self.assertEqual(said, "10.9.9.9")
        self.assertRegex("".join(lines), r"10\.0\.0\.6\.\d+ > 192\.0\.2\.2\.5353")
        self.assertNotIn("192.0.2.1.", "".join(lines))

    def test_the_capture_has_them(self):
        self.ask("tcp", "192.0.2.2", 8000, "hello")
        seen = lab.wait_until(lambda: "10.0.0.8" in lab.run(
            PROGRAMS["tcpdump"], "-n", "-r", self.capture_path, "tcp dst port 8000 and src host 10.0.0.8",
            check=False).stdout, 10)
        self.assertTrue(seen)

    # ── what the program sees ──

    def test_the_socket_shows_both_ends(self):
        answer = self.ask("tcp", "192.0.2.2", 8000, "hello")
        self.assertEqual(answer["peer"], ["192.0.2.2", 8000])
        self.assertEqual(answer["name"][0], "10.0.0.8")
        self.assertEqual(answer["said"], f"you are 10.0.0.8:{answer['name'][1]}, 5 bytes")

    def test_without_blocking(self):
        answer = self.ask("nonblocking", "192.0.2.2", 8000)
        self.assertEqual((answer.get("first"), answer.get("error")), ("EINPROGRESS", 0), answer)
        self.assertEqual(answer["peer"], ["192.0.2.2", 8000])

    def test_a_chosen_local_port_is_seen(self):
        answer = self.ask("tcp", "192.0.2.2", 8000, "hello", 10, ["10.0.0.8", 12345])
        self.assertIn("you are 10.0.0.8:12345", answer["said"])

    def test_a_refused_connection_is_refused(self):
        begun = time.monotonic()
        self.assertEqual(self.ask("tcp", "192.0.2.2", 8001), {"errno": "ECONNREFUSED"})
        self.assertLess(time.monotonic() - begun, 3)

    def test_no_neighbour_is_no_route(self):
        with self.sniffed("arp") as lines:
            self.assertEqual(self.ask("tcp", "192.0.2.99", 80), {"errno": "EHOSTUNREACH"})
        self.assertIn("who-has 192.0.2.99", "".join(lines))

    def test_datagrams_reach_a_server_and_it_them(self):
        listener = self.attacker.listen(5353 + 1, socket.SOCK_DGRAM)
        listener.close()
        for connected in (True, False):
            # A query for the root's name servers is answered, if with a refusal.
            query = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x08upstream\x07example\x00\x00\x01\x00\x01"
            with self.subTest(connected=connected):
                answer = self.ask("udp", "192.0.2.2", 5353, query, 1, connected)
                self.assertEqual(answer.get("from"), ["192.0.2.2", 5353], answer)

    def test_another_host_is_reached_without_the_wire(self):
        with self.sniffed("host", "10.0.0.7") as lines:
            answer = self.ask("tcp", "10.0.0.7", 7, "hello")
        self.assertEqual(answer.get("said"), "hello", answer)
        self.assertEqual("".join(lines).strip(), "")
        self.assertTrue(self.wait_for_event("flow_start", lambda event: event["source"]["ip"] == "10.0.0.8"
                                            and event["destination"]["ip"] == "10.0.0.7"))

    # ── what is refused ──

    def refused(self, *call, host="10.0.0.8"):
        answer = self.ask(*call, host=host)
        self.assertEqual(answer.get("errno"), "ECONNREFUSED", answer)

    def test_other_destinations_are_refused_and_events(self):
        with self.sniffed("host", "192.0.2.2", "and", "(", "port", "9999", "or", "host", "203.0.113.1", ")") as lines:
            self.refused("tcp", "192.0.2.2", 9999)
            self.refused("tcp", "203.0.113.1", 80)
            self.refused("udp", "192.0.2.2", 9999, "x")
            self.refused("udp", "203.0.113.1", 53, "x")
        self.assertEqual("".join(lines).strip(), "")
        for address, port in (("192.0.2.2", 9999), ("203.0.113.1", 80)):
            self.assertTrue(self.wait_for_event("attempt", lambda event: event["apiary"]["attempt"].get("address")
                                                == address and event["apiary"]["attempt"]["port"] == port))
        said = self.attacker.run("curl", "-sS", "--max-time", "20", "-i", "http://10.0.0.5:81/").stdout
        self.assertIn("502 Bad Gateway", said)

    def test_without_a_list_all_is_refused(self):
        self.refused("tcp", "192.0.2.2", 8000, host="10.0.0.9")
        self.assertTrue(self.wait_for_event("attempt", lambda event: event["apiary"]["attempt"].get("port") == 8000))

    def test_sockets_beneath_are_refused(self):
        for name, family, kind, protocol in (("ICMP", socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
                                             ("IP", socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
                                             ("packets", socket.AF_PACKET, socket.SOCK_RAW, 3),
                                             ("ping", socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)):
            with self.subTest(name):
                self.assertIn(self.ask("raw", family, kind, protocol).get("errno"),
                              ("EPERM", "EACCES", "EAFNOSUPPORT"))

    def test_other_source_addresses_are_refused(self):
        self.assertEqual(self.ask("tcp", "192.0.2.2", 8000, "x", 5, ["10.0.0.5", 0]), {"errno": "EADDRNOTAVAIL"})

    def test_an_address_that_changes_during_the_call(self):
        before = len(self.other.peers)
        answer = self.ask("change_while_connecting", ["192.0.2.2", 8000], ["192.0.2.2", 9999], 3)
        self.assertGreater(answer["tries"], 5)
        self.assertLessEqual(set(answer["peers"]), {"192.0.2.2:8000"}, answer)
        self.assertEqual(self.other.peers[before:], [])

    def test_connections_have_a_rate(self):
        with self.sniffed("tcp[tcpflags]", "==", "tcp-syn", "and", "dst", "portrange", "6000-6199") as lines:
            started = time.monotonic()
            self.ask("many", "192.0.2.2", 6000, 200)
            took = time.monotonic() - started  # longer on a busy machine
        begun = "".join(lines).count("Flags [S]")
        self.assertGreater(begun, 30)
        self.assertLess(begun, 60 + 20 * (took + 1), f"in {took:.1f} s")
        self.assertEqual(self.ask("tcp", "10.0.0.7", 7, "hello").get("said"), "hello", "later ones are opened")

    # ── configuration ──

    def test_explain_names_the_list(self):
        said = lab.run(lab.BINARY, "explain", self.lab.folder / "test.conf", "10.0.0.8").stdout
        self.assertIn("subsystems may connect to 192.0.2.2:8000-8001/tcp 192.0.2.2:5353 192.0.2.99", said)

    def test_a_reload_takes_the_permission_away(self):
        ended = []
        holder = threading.Thread(target=lambda: ended.append(self.ask("hold", "192.0.2.2", 8000, 40)))
        connected = len(self.upstream.peers)
        holder.start()
        self.assertTrue(lab.wait_until(lambda: len(self.upstream.peers) > connected))
        less = self.config.replace(f"set agent egress list {AGENT_EGRESS}", "set agent egress none")
        (self.lab.folder / "test.conf").write_text(less)
        control = self.daemon.process.args[self.daemon.process.args.index("--control") + 1]
        lab.run(lab.BINARY, "ctl", "--socket", control, "reload")
        begun = time.monotonic()
        made = self.upstream.open[-1]
        made.settimeout(10)
        with contextlib.suppress(ConnectionResetError):
            self.assertEqual(made.recv(10), b"", "the real server sees the end")
        holder.join(20)
        self.assertLess(time.monotonic() - begun, 15)
        self.assertTrue(ended)
        self.wait_for_port("10.0.0.8", 7000)  # of the new server
        self.assertTrue(lab.wait_until(lambda: self.answered() == {"errno": "ECONNREFUSED"}, 20))
        (self.lab.folder / "test.conf").write_text(self.config)
        lab.run(lab.BINARY, "ctl", "--socket", control, "reload")
        self.assertTrue(lab.wait_until(lambda: "said" in self.answered(), 20))

    def answered(self):
        """As ask(), while servers end and start."""
        try:
            return self.ask("tcp", "192.0.2.2", 8000, "hello", timeout=5)
        except (OSError, AssertionError):
            return {}


if __name__ == "__main__":
    lab.main()
