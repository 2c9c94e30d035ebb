"""100 MB in each direction over a path that loses, duplicates and delays frames."""
import hashlib
import os
import random
import socket
import subprocess
import time
import unittest

import lab

SIZE = 100_000_000
IMPAIR = os.environ.get("APIARY_IMPAIR", str(lab.ROOT / "build/dev/tests/system/impair"))


class BadWire(lab.LabTest):
    """attacker -- middle (1% loss, 1% duplicates, 1% reordered, each way) -- the daemon's machine."""

    @classmethod
    def setUpClass(cls):
        cls.lab = lab.Lab()
        cls.addClassCleanup(cls.lab.remove)
        cls.attacker, cls.honeynet = cls.lab.attacker, cls.lab.honeynet
        middle = cls.lab.add_machine("middle")
        cls.attacker.ip("link", "del", "outside")
        lab.connect_wire(cls.attacker, "outside", middle, "left")
        lab.connect_wire(middle, "right", cls.honeynet, "inside")
        cls.attacker.ip("address", "add", "192.0.2.2/24", "dev", "outside")
        cls.honeynet.ip("address", "add", "192.0.2.1/24", "dev", "inside")
        cls.attacker.ip("route", "add", "10.0.0.0/8", "via", "192.0.2.1")
        cls.wire = middle.start(IMPAIR, "left", "right", "1", "20030",
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(lambda: (cls.wire.poll() is None and cls.wire.kill(), cls.wire.communicate()))

        cls.data = random.Random(2003).randbytes(SIZE)
        path = cls.lab.folder / "data"
        path.write_bytes(cls.data)
        path.chmod(0o644)
        cls.lab.start_daemon("""
create host
add host tcp port 9 "sha256sum"
add host tcp port 19 "cat data"
bind 10.0.0.5 host
""", "-i", "inside", "10.0.0.0/8", answers="10.0.0.5")

    def report(self, start):
        print(f"{SIZE / 1e6:.0f} MB in {time.monotonic() - start:.1f} s", end=" ")

    def test_a_to_the_visitor(self):
        start = time.monotonic()
        with self.attacker.connect("10.0.0.5", 19, timeout=60) as connection:
            received = lab.read_all(connection)
        self.assertEqual(len(received), SIZE)
        self.assertEqual(hashlib.sha256(received).digest(), hashlib.sha256(self.data).digest())
        self.report(start)

    def test_b_to_the_service(self):
        start = time.monotonic()
        with self.attacker.connect("10.0.0.5", 9, timeout=60) as connection:
            connection.sendall(self.data)
            connection.shutdown(socket.SHUT_WR)
            answer = lab.read_all(connection).decode()
        self.assertEqual(answer.split()[:1], [hashlib.sha256(self.data).hexdigest()])
        self.report(start)

    def test_c_the_wire_was_bad(self):
        said = self.wire.communicate(input="")[0]
        for misfortune in ("lost", "doubled", "delayed"):
            for direction in said.splitlines():
                count = int(direction.split(f" {misfortune}")[0].split()[-1])
                self.assertGreater(count, 100, said)


if __name__ == "__main__":
    lab.main()
