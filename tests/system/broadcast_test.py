"""Broadcasts and multicasts on the link: NetBIOS, mDNS and SSDP look-ups like those of scanners and worms."""
import socket
import struct
import unittest

import arp_test
import lab

CONFIG = """
create windows
set windows default udp action reset
add windows udp port 137 "python3 nbstat.py"
set windows ethernet "00:50:56:aa:bb:00"
create printer
add printer udp port 5353 "sh say.sh printer"
add printer udp port 1900 "sh say.sh printer"
create quiet
add quiet udp port 137 open
bind 192.0.2.70 windows
bind 192.0.2.71 windows
bind 192.0.2.72 printer
bind 192.0.2.73 quiet
bind 10.0.0.70 windows
"""

# Answers a node status request (RFC 1002 section 4.2.18) with one name, PC and the host's last byte.
NBSTAT = """
import os, struct, sys
query = os.read(0, 2000)
name = ("PC" + os.environ["HONEYD_IP_DST"].split(".")[3]).ljust(15).encode() + bytes(1)
body = bytes([1]) + name + struct.pack(">H", 0x0400) + bytes(46)
os.write(1, query[:2] + struct.pack(">HHHHH", 0x8400, 0, 1, 0, 0) + query[12:46] +
         struct.pack(">HHIH", 0x21, 1, 0, len(body)) + body)
os.read(0, 1)
"""

NODE_STATUS = (struct.pack(">HHHHHH", 0x1234, 0x0010, 1, 0, 0, 0) + b"\x20CK" + b"A" * 30 + b"\0" +
               struct.pack(">HH", 0x21, 1))


class Broadcast(arp_test.OnLink):
    config = CONFIG
    arguments = ("-i", "eth0", "--arp", "force", "--events", "events.jsonl",
                 "192.0.2.64-192.0.2.100", "10.0.0.70")

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.lab.add_file("nbstat.py", NBSTAT)
        cls.lab.add_file("say.sh", 'head -c1 >/dev/null; echo "$1 at $HONEYD_IP_DST"; cat >/dev/null\n')

    def ask(self, destination, port, text, seconds=2, expected=None):
        """Sends data to `destination`; returns address -> reply. Waits up to `seconds` for `expected`
        replies, since a busy machine starts programs slowly, and then half a second for further ones."""
        with self.attacker.inside():
            asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        answers = {}
        with asker:
            asker.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            asker.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
            asker.sendto(text, (destination, port))
            end = lab.time.monotonic() + seconds
            while (left := end - lab.time.monotonic()) > 0:
                asker.settimeout(left)
                try:
                    answer, (address, from_port) = asker.recvfrom(2000)
                except TimeoutError:
                    break
                self.assertEqual(from_port, port)
                self.assertNotIn(address, answers, "each host replies once")
                answers[address] = answer
                if len(answers) == expected:
                    end = lab.time.monotonic() + 0.5
        return answers

    def events(self):
        return (self.lab.folder / "events.jsonl").read_text().splitlines()

    def test_a_name_look_up_finds_each_machine_under_its_own_address(self):
        for destination in ("192.0.2.255", "255.255.255.255"):
            with self.subTest(destination):
                answers = self.ask(destination, 137, NODE_STATUS, seconds=15, expected=2)
                self.assertEqual(set(answers), {"192.0.2.70", "192.0.2.71"})
                self.assertIn(b"PC70", answers["192.0.2.70"])
                self.assertIn(b"PC71", answers["192.0.2.71"])

    def test_multicast_groups_are_received(self):
        for group, port in (("224.0.0.251", 5353), ("239.255.255.250", 1900)):
            with self.subTest(group):
                self.assertEqual(self.ask(group, port, b"who is there?"),
                                 {"192.0.2.72": b"printer at 192.0.2.72\n"})

    def test_answers_leave_with_the_cards_of_their_hosts(self):
        capture = self.attacker.start("timeout", "4", "tcpdump", "-e", "-n", "-i", "eth0", "-Q", "in",
                                      "udp src port 137", stdout=lab.subprocess.PIPE, text=True)
        lab.time.sleep(1)
        self.ask("192.0.2.255", 137, NODE_STATUS)
        said = capture.communicate()[0]
        for address in ("192.0.2.70", "192.0.2.71"):
            answers, mac = self.ping(address)
            self.assertTrue(answers)
            self.assertRegex(said, rf"{mac} > .*{address}\.137 >")

    def test_what_nobody_answers_is_a_contact(self):
        self.assertEqual(self.ask("192.0.2.255", 4711, b"anybody?", 1), {})
        self.attacker.run("ping", "-b", "-c1", "-W1", "192.0.2.255", check=False)

        def seen():
            contacts = [line for line in self.events() if "192.0.2.255" in line]
            return any("4711" in c for c in contacts) and any("icmp" in c for c in contacts)

        self.assertTrue(lab.wait_until(seen), self.events())


if __name__ == "__main__":
    lab.main()
