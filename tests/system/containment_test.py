"""Hostile programs as services, many at the same time: what they take from others, and what they reach."""
import json
import os
import socket
import struct
import time

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
SEEN = "10.0.0.6"  # the host whose visitors must not notice


class Containment(lab.LabTest):
    config = CONFIG.format(services="\n".join(
        f'add server tcp port {FIRST_PORT + number} "./hostile{number}"' for number in range(len(HOSTILE))))
    answers = SEEN

    @classmethod
    def prepare(cls):
        for number, code in enumerate(HOSTILE.values()):
            cls.lab.add_file(f"hostile{number}", "#!/usr/bin/python3\nimport os, signal, socket, time\n" + code + "\n")
        cls.folder = cls.lab.folder / "output"
        cls.file = cls.folder / "events.jsonl"
        cls.arguments = ("-i", "inside", "10.0.0.0/24", "--events", cls.file, "--control", cls.lab.folder / "ctl")

    def ping(self):
        return pings.Pings(self.attacker, SEEN, 200, 100).finish()

    def exchanges_per_second(self, seconds=2.0):
        """How often a line goes to `cat` and back."""
        with self.attacker.connect(SEEN, 6) as visitor:
            count, end = 0, time.perf_counter() + seconds
            while time.perf_counter() < end:
                visitor.sendall(b"line\n")
                self.assertEqual(visitor.recv(64), b"line\n")
                count += 1
        return count / seconds

    def test_fifty_hostile_programs(self):
        self.exchanges_per_second(0.3)
        before = self.ping(), self.exchanges_per_second()
        visitors = [self.attacker.connect("10.0.0.5", FIRST_PORT + number % len(HOSTILE)) for number in range(50)]
        try:
            time.sleep(1.5)
            during = self.ping(), self.exchanges_per_second()
        finally:
            for visitor in visitors:  # by a reset: a FIN alone leaves a program its time
                visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                visitor.close()
        for name, (ping, rate) in (("before", before), ("during", during)):
            print(f"{name}: {ping.received} of 200 pings, median {ping.at_share(0.5):.2f} ms, "
                  f"95 % {ping.at_share(0.95):.2f} ms; {rate:.0f} exchanges/s")
        self.assertTrue(lab.wait_until(lambda: not self.services(), 30), len(self.services()))
        self.assertIsNone(self.daemon.process.poll())
        self.assertEqual(during[0].received, 200)
        self.assertLess(during[0].at_share(0.5), before[0].at_share(0.5) + 1)  # milliseconds
        self.assertGreater(self.exchanges_per_second(0.5), 0)

    @staticmethod
    def services():
        """Command lines of processes that belong to users of sandboxes."""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.stat(f"/proc/{name}").st_uid >= 2_000_000_000:
                    found.append(open(f"/proc/{name}/cmdline").read())
            except OSError:
                continue
        return [line for line in found if "hostile" in line]


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
