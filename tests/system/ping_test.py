"""ICMP echo as ping sees it (RFC 792), without interference of the kernel."""
import re
import unittest

import lab

CONFIG = """
create host
set host default tcp action reset
set host default udp action reset
bind 10.0.0.5 host
create silent
set silent default icmp action block
bind 10.0.0.6 silent
"""


class Ping(lab.LabTest):
    config = CONFIG
    answers = "10.0.0.5"

    def ping(self, address, *options, count=5):
        return self.attacker.run("ping", "-n", "-c", count, "-i", "0.02", "-W", "1", *options, address,
                                 check=False).stdout

    def test_answers_with_the_same_payload_up_to_64_kib(self):
        # ping compares the payload with what it sent and reports differences.
        for size in (0, 1, 56, 1472, 1473, 8000, 65000, 65507):
            with self.subTest(payload_bytes=size):
                output = self.ping("10.0.0.5", "-s", size)
                self.assertIn("5 received", output)
                self.assertNotIn("wrong data", output)
                self.assertNotIn("DUP!", output)

    def test_answers_each_of_a_flood(self):
        output = self.attacker.run("ping", "-f", "-c", "5000", "10.0.0.5").stdout
        self.assertIn("5000 received", output)

    def test_answers_immediately(self):
        output = self.ping("10.0.0.5", count=30)
        times = [float(t) for t in re.findall(r"time=([\d.]+) ms", output)]
        self.assertEqual(len(times), 30)
        self.assertLess(lab.median(times), 2)  # milliseconds; Honeyd's was 15

    def test_unbound_and_blocked_addresses_are_silent(self):
        for address in ("10.0.0.7", "10.0.0.6"):
            with self.subTest(address):
                output = self.ping(address, count=3)
                self.assertIn("0 received", output)
                self.assertNotIn("Unreachable", output)

    def test_addresses_outside_the_claim_are_the_kernels(self):
        self.assertIn("5 received", self.ping("192.0.2.1"))


class PingThroughOffloads(Ping):
    """The same on a wire with checksum and segmentation offloads but no hardware, as between containers."""

    offloads = True


class KernelThatForwards(lab.LabTest):
    """The kernel does not interfere, even on a machine that forwards packets."""

    config = CONFIG + """
add host tcp port 7 "cat"
"""
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.honeynet.shell("echo 1 > /proc/sys/net/ipv4/ip_forward")

    def test_it_sends_nothing_about_claimed_addresses(self):
        capture = self.attacker.start("tcpdump", "-n", "-l", "-i", "outside", "-Q", "in", "ip",
                                      stdout=lab.subprocess.PIPE, stderr=lab.subprocess.STDOUT,
                                      text=True)
        self.assertIn("listening", capture.stdout.readline() + capture.stdout.readline())
        with self.attacker.connect("10.0.0.5", 7) as connection:
            connection.sendall(b"hello")
            self.assertEqual(connection.recv(100), b"hello")
        for address in ("10.0.0.5", "10.0.0.7"):
            self.attacker.run("ping", "-c2", "-i0.2", "-W1", address, check=False)
        capture.terminate()
        seen = capture.communicate(timeout=10)[0]
        self.assertIn("IP 10.0.0.5.7 >", seen)
        self.assertNotIn("192.0.2.1", seen)  # neither redirect nor unreachable
        self.assertNotIn("IP 10.0.0.7", seen)
        # One conversation: SYN/ACK, no reset; and one reply to each echo request.
        self.assertNotIn("Flags [R", seen)
        self.assertEqual(seen.count("ICMP echo reply"), 2)

    def test_the_machine_stays_reachable(self):
        with self.honeynet.listen(2222) as listener:
            with self.attacker.connect("192.0.2.1", 2222) as connection:
                accepted, _ = listener.accept()
                accepted.sendall(b"here")
                self.assertEqual(connection.recv(10), b"here")
                accepted.close()


if __name__ == "__main__":
    lab.main()
