"""The lab of egress_test.py: subsystems that connect to servers outside, and these servers."""
import contextlib
import json
import os
import shutil
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
import ctypes, errno, json, resource, socket, socketserver, struct, threading, time

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

def limits():
    return [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_DATA, resource.RLIMIT_NOFILE)]

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


class EgressLab(lab.LabTest):
    """A honeynet whose subsystems connect to servers of the attacker's machine."""

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

    def refused(self, *call, host="10.0.0.8"):
        answer = self.ask(*call, host=host)
        self.assertEqual(answer.get("errno"), "ECONNREFUSED", answer)

    def answered(self):
        """As ask(), while servers end and start."""
        try:
            return self.ask("tcp", "192.0.2.2", 8000, "hello", timeout=5)
        except (OSError, AssertionError):
            return {}
