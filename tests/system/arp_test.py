"""Proxy ARP: the attacker shares a link with the daemon's machine and with a real one."""
import re
import unittest

import lab

CONFIG = """
create default
set default default tcp action reset
set default default udp action reset
"""


class OnLink(lab.LabTest):
    """attacker .2, the daemon's machine .1 and a real machine .50 on one bridge. The daemon claims the
    whole link, so that the tests see which addresses it leaves alone."""

    config = CONFIG
    arguments = ("-i", "eth0", "192.0.2.0/24")

    @classmethod
    def setUpClass(cls):
        cls.lab = lab.Lab()
        cls.addClassCleanup(cls.lab.remove)
        switch = cls.lab.add_machine("switch")
        switch.ip("link", "add", "bridge", "type", "bridge")
        switch.ip("link", "set", "bridge", "up")
        # A lab without the wire of the other tests.
        cls.lab.attacker.ip("link", "del", "outside")
        cls.attacker, cls.honeynet = cls.lab.attacker, cls.lab.honeynet
        cls.real = cls.lab.add_machine("real")
        for machine, number in ((cls.honeynet, 1), (cls.attacker, 2), (cls.real, 50)):
            lab.connect_wire(machine, "eth0", switch, f"port{number}")
            switch.ip("link", "set", f"port{number}", "master", "bridge")
            machine.ip("address", "add", f"192.0.2.{number}/24", "dev", "eth0")
        cls.prepare()
        cls.daemon = cls.lab.start_daemon(cls.config, *cls.arguments)

    @classmethod
    def prepare(cls):
        cls.attacker.run("ping", "-c1", "-W5", "192.0.2.1")  # the link is up

    def mac(self, machine):
        return re.search(r"link/ether (\S+)", machine.ip("link", "show", "eth0"))[1]

    def ping(self, address, count=2):
        """Whether `address` answers, and with which MAC addresses."""
        self.attacker.ip("neighbor", "flush", "dev", "eth0")
        output = self.attacker.run("ping", "-n", "-c", count, "-i0.3", "-W2", address,
                                   check=False).stdout
        neighbor = self.attacker.ip("neighbor", "show", "to", address)
        found = re.search(r"lladdr (\S+)", neighbor)
        return f"{count} received" in output and "DUP!" not in output, found and found[1]

    def answers_to_arp(self, address):
        """The MAC addresses that answer when the attacker asks three times who has `address`."""
        with self.attacker.inside():
            asker = lab.socket.socket(lab.socket.AF_PACKET, lab.socket.SOCK_RAW,
                                      lab.socket.htons(0x0806))
            asker.bind(("eth0", 0x0806))
        asker.settimeout(0.2)
        own = bytes.fromhex(self.mac(self.attacker).replace(":", ""))
        target = lab.socket.inet_aton(address)
        question = (b"\xff" * 6 + own + b"\x08\x06" + b"\0\1\x08\0\6\4\0\1" + own +
                    lab.socket.inet_aton("192.0.2.2") + b"\0" * 6 + target)
        answers = set()
        for _ in range(3):
            asker.send(question)
            end = lab.time.monotonic() + 1
            while lab.time.monotonic() < end:
                try:
                    frame = asker.recv(2000)
                except TimeoutError:
                    continue
                if frame[20:22] == b"\0\2" and frame[28:32] == target:
                    answers.add(frame[22:28].hex(":"))
        asker.close()
        return answers


class AskFirst(OnLink):
    def test_answers_for_an_address_nobody_has(self):
        self.assertEqual(self.ping("192.0.2.77"), (True, self.mac(self.honeynet)))

    def test_leaves_a_real_machine_alone(self):
        self.assertEqual(self.answers_to_arp("192.0.2.50"), {self.mac(self.real)})
        self.assertEqual(self.ping("192.0.2.50"), (True, self.mac(self.real)))

    def test_leaves_its_own_machine_alone(self):
        self.assertEqual(self.ping("192.0.2.1"), (True, self.mac(self.honeynet)))
        # The kernel answers, not a honeypot: the visitor reaches a listener of the machine.
        with self.honeynet.listen(2222), self.attacker.connect("192.0.2.1", 2222):
            pass

    def test_the_machine_reaches_the_real_one(self):
        self.assertIn("2 received",
                      self.honeynet.run("ping", "-c2", "-i0.2", "-W2", "192.0.2.50").stdout)

    def test_does_not_claim_the_sender(self):
        # A machine that probes its own address (RFC 5227) must get no reply.
        self.assertEqual(self.answers_to_arp("192.0.2.2"), set())

    def test_a_machine_that_comes_later_is_left_alone(self):
        self.assertEqual(self.ping("192.0.2.60")[1], self.mac(self.honeynet))
        self.real.ip("address", "add", "192.0.2.60/24", "dev", "eth0")
        self.real.run("ping", "-c1", "-W2", "-I", "192.0.2.60", "192.0.2.2")  # announces itself
        self.assertTrue(lab.wait_until(
            lambda: self.ping("192.0.2.60", 1)[1] == self.mac(self.real), 15))


class Force(OnLink):
    arguments = ("-i", "eth0", "--arp=force", "192.0.2.64/26")

    def test_answers_without_asking(self):
        capture = self.attacker.start("tcpdump", "-n", "-l", "-i", "eth0", "-Q", "in", "arp",
                                      stdout=lab.subprocess.PIPE, stderr=lab.subprocess.STDOUT,
                                      text=True)
        self.assertIn("listening", capture.stdout.readline() + capture.stdout.readline())
        self.assertEqual(self.ping("192.0.2.77"), (True, self.mac(self.honeynet)))
        capture.terminate()
        self.assertNotIn("who-has 192.0.2.77", capture.communicate(timeout=10)[0])

    def test_only_for_what_is_claimed(self):
        self.assertEqual(self.answers_to_arp("192.0.2.33"), set())


class Off(OnLink):
    arguments = ("-i", "eth0", "--arp=off", "192.0.2.64/26")

    def test_answers_no_arp_but_packets_that_come(self):
        self.assertEqual(self.answers_to_arp("192.0.2.77"), set())
        self.attacker.ip("neighbor", "replace", "192.0.2.77", "lladdr", self.mac(self.honeynet),
                         "dev", "eth0", "nud", "permanent")
        output = self.attacker.run("ping", "-c2", "-i0.2", "-W2", "192.0.2.77").stdout
        self.assertIn("2 received", output)


if __name__ == "__main__":
    lab.main()
