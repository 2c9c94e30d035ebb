"""Hostile programs as services, many at the same time: what they take from others, and what they reach."""
import contextlib
import ctypes
import os
import pathlib
import re
import signal
import socket
import struct
import sys
import time
import unittest.mock

import lab
import pings

HOSTILE = {  # each runs until its visitor leaves, if nothing stops it
    "forks": "while True:\n    try: os.fork()\n    except OSError: pass",
    "spins": "while True: pass",
    "ignores SIGTERM": "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass",
    "hides": "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        while True: pass\ntime.sleep(600)",
    "hoards": "x = []\nwhile True:\n    try: x.append(bytearray(os.urandom(1)) * (1 << 20))\n"
              "    except MemoryError: time.sleep(0.01)",
    "fills /tmp": "while True:\n    try: open(f'/tmp/{time.time()}', 'wb').write(bytes(1 << 20))\n"
                  "    except OSError: time.sleep(0.001)",
    "fills /dev/shm": "while True:\n    try: open(f'/dev/shm/{time.time()}', 'wb').write(bytes(1 << 20))\n"
                      "    except OSError: time.sleep(0.001)",
    "floods stderr": "while True: os.write(2, b'x' * 4095 + b'\\n')",
    "floods stdout": "while True: os.write(1, b'x' * 65536)",
    "kills": "while True:\n    try: os.kill(-1, signal.SIGKILL)\n    except OSError: pass",
    "connects": "while True:\n    try: socket.create_connection(('127.0.0.1', 22), 1)\n    except OSError: pass",
}
CONFIG = """
create server
set server default tcp action reset
add server tcp port 6 "cat"
{services}
bind 10.0.0.5 server
bind 10.0.0.6 server
"""
FIRST_PORT = 1000
ROUNDS = 12
SEEN = "10.0.0.6"  # the host whose visitors must not notice


class Containment(lab.LabTest):
    config = CONFIG.format(services="\n".join(
        f'add server tcp port {FIRST_PORT + number} "./hostile{number}"' for number in range(len(HOSTILE))))
    answers = SEEN
    sees_groups = True

    @classmethod
    def prepare(cls):
        for number, code in enumerate(HOSTILE.values()):
            cls.lab.add_file(f"hostile{number}", "#!/usr/bin/python3\nimport os, signal, socket, time\n" + code + "\n")
        cls.folder = cls.lab.folder / "output"
        cls.file = cls.folder / "events.jsonl"
        cls.arguments = ("-i", "inside", "10.0.0.0/24", "--events", cls.file, "--control", cls.lab.folder / "ctl")

    def measure(self, visitor):
        """The median of pings in milliseconds, and how often a second a line goes to `cat` and back, ROUNDS times."""
        ping = pings.Pings(self.attacker, SEEN, 100, 200, patience=0.2).finish()
        self.assertEqual(ping.received, 100)
        rates = []
        for _ in range(ROUNDS):
            count, begun = 0, time.perf_counter()
            while time.perf_counter() < begun + 0.2:
                visitor.sendall(b"line\n")
                self.assertEqual(visitor.recv(64), b"line\n")
                count += 1
            rates.append(count / (time.perf_counter() - begun))
        print("ping median {:.2f} ms, 95 % {:.2f} ms; exchanges/s:".format(ping.at_share(0.5), ping.at_share(0.95)),
              *(f"{rate:.0f}" for rate in rates), flush=True)
        return ping.at_share(0.5), rates

    def test_fifty_hostile_programs(self):
        with awake_processors(), self.attacker.connect(SEEN, 6) as seen:
            before = self.measure(seen)
            visitors = [self.attacker.connect("10.0.0.5", FIRST_PORT + number % len(HOSTILE)) for number in range(50)]
            try:
                time.sleep(2)  # their budgets are spent
                has_groups = self.have_groups()
                during = self.measure(seen)
            finally:
                for visitor in visitors:  # by a reset: a FIN alone leaves a program its time
                    visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    visitor.close()
            self.assertTrue(lab.wait_until(lambda: not self.services(), 30), len(self.services()))
            after = self.measure(seen)
        self.assertIsNone(self.daemon.process.poll())
        ping = during[0] - (before[0] + after[0]) / 2
        rate = lab.median(during[1]) / lab.median(before[1] + after[1])
        print(f"medians: ping {ping:+.2f} ms, {rate:.0%} of the exchanges; "
              f"{'control groups' if has_groups else 'no control groups'}", flush=True)
        self.assertLess(ping, 1)  # milliseconds
        # With sanitizers, what the daemon itself does for fifty programs takes several times as long. The aim is
        # 80 %, which a machine without other work exceeds (docs/limits.md).
        is_sanitized = b"AddressSanitizer" in pathlib.Path(lab.BINARY).read_bytes()
        self.assertGreater(rate, 0.6 if has_groups and not is_sanitized else 0)

    def have_groups(self):
        """Whether a group of its own decides about the processor time of each program."""
        groups = [line.split(":") for process, _ in self.services()
                  for line in read(f"/proc/{process}/cgroup").splitlines()]
        return any(re.search(r"/apiary-\d+\.\d+$", path) for _, controllers, path in groups
                   if not controllers or "cpu" in controllers.split(","))

    def test_groups_go_with_their_sandboxes(self):
        with self.attacker.connect("10.0.0.5", FIRST_PORT + list(HOSTILE).index("spins")):
            self.assertTrue(lab.wait_until(self.services))
            if not self.have_groups():
                self.skipTest("no control groups here")
            # A second daemon leaves those of the first alone, though it removes what dead ones left.
            second = self.lab.start_daemon("create host\nset host default tcp action reset\nadd host tcp port 6 \"cat\"\n"
                                           "bind 10.1.0.5 host\n", "-i", "inside", "10.1.0.0/24", answers="10.1.0.5",
                                           sees_groups=True)
            with self.attacker.connect("10.1.0.5", 6) as visitor:
                visitor.sendall(b"line\n")
                self.assertEqual(visitor.recv(64), b"line\n")
            spawner = self.spawner_of(second)
            self.assertTrue(self.groups_of(spawner))
            os.kill(spawner, signal.SIGKILL)
            self.assertTrue(lab.wait_until(lambda: not self.members_of(spawner)))
            left = self.groups_of(spawner)
            second.stop()
            third = self.lab.start_daemon("test.conf", "-i", "inside", "10.1.0.0/24", answers="10.1.0.5",
                                          sees_groups=True)
            self.assertTrue(left)
            self.assertEqual(self.groups_of(spawner), [], "the next one removes what a dead spawner left")
            with self.attacker.connect("10.1.0.5", 6) as visitor:
                visitor.sendall(b"line\n")
                self.assertEqual(visitor.recv(64), b"line\n")
            spawner = self.spawner_of(third)
            self.assertTrue(self.groups_of(spawner))
            self.assertEqual(third.stop(), 0)
            self.assertEqual(self.groups_of(spawner), [], "a spawner removes its own")
            self.assertTrue(self.have_groups())

    @staticmethod
    def spawner_of(daemon):
        return int(read(f"/proc/{daemon.process.pid}/task/{daemon.process.pid}/children").split()[0])

    @staticmethod
    def groups_of(spawner):
        return list(pathlib.Path("/sys/fs/cgroup").rglob(f"apiary-{spawner}.*"))

    def members_of(self, spawner):
        return [process for group in self.groups_of(spawner)
                for process in read(group / "cgroup.procs").split()]

    @staticmethod
    def services():
        """Processes that belong to users of sandboxes, and their command lines."""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{name}").st_uid >= 2_000_000_000:
                    found.append((name, read(f"/proc/{name}/cmdline")))
        return [(process, line) for process, line in found if "hostile" in line]


@contextlib.contextmanager
def awake_processors():
    """Idle processors do not sleep (PM QoS of the kernel): those of a virtual machine may take longer to wake than an
    exchange takes, and then other work makes exchanges faster."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            file = stack.enter_context(open("/dev/cpu_dma_latency", "wb", buffering=0))
            file.write(struct.pack("i", 0))
        yield


def read(path):
    with contextlib.suppress(OSError):
        return pathlib.Path(path).read_text()
    return ""


REACH = """#!/usr/bin/python3
import os, socket
NAMES = ("web.sock", "web-token", "control", "test.conf")
def attempt(name, do):
    try: print("REACHED" if do() else "no", name)
    except OSError as error: print("no", name, error.strerror)
def unix(path):
    socket.socket(socket.AF_UNIX).connect(path)
    return True
for address in ("127.0.0.1", "127.0.1.1", "::1", "192.0.2.1", "10.0.0.5", "0.0.0.0"):
    for port in (8080, 80):
        attempt(f"{address} {port}", lambda: socket.create_connection((address, port), 1))
for folder in ("FOLDER/output", "FOLDER", "/run/apiary", "."):
    for name in NAMES:
        attempt(f"{folder}/{name} as a socket", lambda: unix(f"{folder}/{name}"))
        attempt(f"{folder}/{name} as a file", lambda: open(f"{folder}/{name}"))
attempt("abstract", lambda: unix("\\0apiary"))
for folder, folders, files in os.walk("/"):
    if folder == "/": folders.remove("usr")
    for name in files:
        if name in NAMES and os.access(f"{folder}/{name}", os.R_OK): print("REACHED", folder, name)
print("end")
"""


class WithoutNamespaces(lab.LabTest):
    """--contain best-effort where the kernel refuses namespaces: Landlock remains, if it has that."""
    config = """
create server
add server tcp port 1 "./attempts"
add server tcp port 2 "./stops"
bind 10.0.0.5 server
"""
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.lab.add_file("attempts", """#!/usr/bin/python3
import errno, os, signal, socket, sys
def attempt(name, function):
    try: print(name, function() is not None and "done")
    except OSError as e: print(name, errno.errorcode[e.errno])
sys.stdin.readline()
attempt("read", lambda: open("attempts").read())
attempt("configuration", lambda: open("test.conf").read())
attempt("events", lambda: open("events.jsonl").read())
attempt("passwords", lambda: open("/etc/passwd").read())
attempt("write", lambda: open("mine", "w"))
attempt("tmp", lambda: open("/tmp/apiary-test-mine", "w"))
attempt("connect", lambda: socket.create_connection(("127.0.0.1", 9), 2))
attempt("signal", lambda: os.kill(int(sys.argv[1]) if len(sys.argv) > 1 else os.getppid(), 0) or 1)
""")
        cls.lab.add_file("stops", """#!/usr/bin/python3
import os, signal
for number in signal.SIGTERM, signal.SIGHUP, signal.SIGINT: signal.signal(number, signal.SIG_IGN)
if os.fork() == 0: os.setsid()
print("started", flush=True)
while True:
    try: os.kill(-1, signal.SIGSTOP)
    except OSError: pass
""")
        cls.folder = cls.lab.folder
        cls.arguments = ("-i", "inside", "10.0.0.0/24", "--events", cls.folder / "events.jsonl", "--contain", "best-effort",
                         "--control", cls.lab.folder / "ctl")

    def setUp(self):
        self.assertTrue(self.daemon)

    @classmethod
    def setUpClass(cls):
        start = lab.Machine.start
        runner = [sys.executable, "-B", lab.ROOT / "tests/system/without_namespaces.py"]

        def start_refused(machine, *command, **options):
            return start(machine, *(runner if command[0] == lab.BINARY else []), *command, **options)
        with unittest.mock.patch.object(lab.Machine, "start", start_refused):
            super().setUpClass()

    def test_landlock_confines_programs(self):
        with self.attacker.connect("10.0.0.5", 1) as visitor:
            visitor.sendall(b"go\n")
            found = dict(line.split() for line in lab.read_all(visitor).decode().splitlines())
        self.assertIn("Operation not permitted", self.daemon.log())
        self.assertEqual(found["read"], "done")
        abi = ctypes.CDLL(None).syscall(444, None, 0, 1)
        if abi <= 0:
            self.skipTest("no Landlock here")
        for name in "configuration", "events", "passwords", "write", "tmp":
            self.assertEqual(found[name], "EACCES", (name, found))
        self.assertEqual(found["connect"], "EACCES" if abi >= 4 else "ECONNREFUSED")
        self.assertEqual(found["signal"], "EPERM")

    def test_a_program_cannot_delay_its_end(self):
        """The process that signals all of the program's has the program's user, and must not be stopped."""
        for _ in range(3):
            with self.attacker.connect("10.0.0.5", 2) as visitor:
                self.assertEqual(visitor.recv(64), b"started\n")
                self.assertTrue(self.stops())
                visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.assertTrue(lab.wait_until(lambda: not self.stops(), 10), self.stops())

    @staticmethod
    def stops():
        return [line for line in lab.all_commands() if "./stops" in line]


class ThePage(lab.LabTest):
    """A hostile program does not reach the dashboard, whatever it listens at."""
    CONFIG = """
create server
set server default tcp action reset
add server tcp port 9 "./reach"
clone other server
set other uid 4321
bind 10.0.0.5 server
bind 10.0.0.6 other
"""

    @classmethod
    def prepare(cls):
        cls.folder = cls.lab.folder / "output"
        cls.folder.mkdir()
        cls.folder.chmod(0o777)
        cls.lab.add_file("reach", REACH.replace("FOLDER", str(cls.lab.folder)))

    def look_around(self, *arguments):
        daemon = self.lab.start_daemon(self.CONFIG, "-i", "inside", "10.0.0.0/24", "--allow-uid", "4321",
                                       "--control", self.lab.folder / "control", *arguments, answers="10.0.0.5")
        for address in ("10.0.0.5", "10.0.0.6"):
            with self.subTest(address), self.attacker.connect(address, 9) as visitor:
                text = lab.read_all(visitor).decode()
                self.assertTrue(text.endswith("end\n"), text)
                self.assertEqual([line for line in text.splitlines() if "REACHED" in line], [])
        self.assertEqual(daemon.stop(), 0)

    def test_at_tcp(self):
        token = self.lab.add_file("web-token", lab.TOKEN + "\n", 0o644)
        self.addCleanup(token.unlink)
        self.look_around("--web", "0.0.0.0:8080", "--web-token", token)
        self.look_around("--web", "127.0.0.1:8080", "--web-token", token)

    def test_at_a_unix_socket(self):
        self.look_around(f"--web=unix:{self.folder}/web.sock")
        self.look_around(f"--web=unix:{self.lab.folder}/web.sock", "--web-group", "nogroup")


if __name__ == "__main__":
    lab.main()
