"""Hosts with network cards of their own, as neighbours on the link see them. arp-scan, arp-fingerprint and
nmap examine them, and a real Linux on the same wire is the reference."""
import re

import arp_test
import lab

CONFIG = """
create default
set default default tcp action reset
set default personality "Linux 3.2 - 4.9"
set default ethernet "cisco"
create windows
set windows personality "Microsoft Windows 10 1607"
set windows ethernet "Dell"
set windows default tcp action reset
create bsd
set bsd personality "FreeBSD 11.0-RELEASE"
set bsd ethernet "00:0c:29:00:00:00"
create ios
set ios personality "Cisco 2811 router (IOS 12.2 - 12.4)"
set ios ethernet "00:05:dc:01:02:03"
create plain
set plain personality "Linux 3.2 - 4.9"
bind 192.0.2.70 windows
bind 192.0.2.71 windows
bind 192.0.2.72 bsd
bind 192.0.2.73 bsd
bind 192.0.2.74 ios
bind 192.0.2.75 plain
"""


class Cards(arp_test.OnLink):
    config = CONFIG
    arguments = ("-i", "eth0", "--key", "a test", "192.0.2.64-192.0.2.100")

    def scan(self, *arguments):
        """arp-scan's result: address -> (MAC address, vendor)."""
        output = self.attacker.run("arp-scan", "-I", "eth0", "--retry=3", *arguments).stdout
        found = re.findall(r"^(\d+\.\d+\.\d+\.\d+)\t([0-9a-f:]+)\t(.*)$", output, re.M)
        return {address: (mac, vendor) for address, mac, vendor in found}

    def fingerprint(self, address):
        output = self.attacker.run("arp-fingerprint", "-o", "-I eth0", address, timeout=120).stdout
        return output.split("\t")

    def test_a_scan_shows_different_machines(self):
        self.scan("192.0.2.64-192.0.2.100")  # the daemon first probes for real machines
        found = self.scan("192.0.2.64-192.0.2.100", "192.0.2.50")
        ours = {a: f for a, f in found.items() if a != "192.0.2.50"}
        self.assertEqual(len(ours), 37)
        self.assertEqual(len({mac for mac, _ in ours.values()}), 37, ours)
        for address, (mac, vendor) in ours.items():
            expected = {"192.0.2.70": "Dell", "192.0.2.71": "Dell", "192.0.2.72": "VMware",
                        "192.0.2.73": "VMware", "192.0.2.75": ""}.get(address, "Cisco")
            self.assertIn(expected.lower(), vendor.lower(), address)
        self.assertEqual(ours["192.0.2.74"][0], "00:05:dc:01:02:03")
        self.assertEqual(ours["192.0.2.75"][0], self.mac(self.honeynet))
        self.assertEqual(found["192.0.2.50"][0], self.mac(self.real))

    def test_frames_leave_with_the_card_that_answers_arp(self):
        for address in ("192.0.2.66", "192.0.2.70", "192.0.2.74", "192.0.2.75"):
            answers, mac = self.ping(address)
            self.assertTrue(answers, address)
            capture = self.attacker.shell(
                f"timeout 10 tcpdump -e -n -c 1 -i eth0 -Q in icmp and src {address} & "
                f"sleep 1; ping -c 2 -i 0.3 {address} >/dev/null; wait").stdout
            self.assertIn(f"{mac} >", capture)

    def test_a_host_receives_only_for_its_own_card(self):
        self.ping("192.0.2.70")
        for wrong in (self.mac(self.honeynet), "00:05:dc:01:02:03"):
            self.attacker.ip("neighbor", "replace", "192.0.2.70", "lladdr", wrong, "dev", "eth0",
                             "nud", "permanent")
            try:
                output = self.attacker.run("ping", "-c2", "-i0.2", "-W1", "192.0.2.70",
                                           check=False).stdout
                self.assertIn("0 received", output)
            finally:
                self.attacker.ip("neighbor", "del", "192.0.2.70", "dev", "eth0")

    def test_a_real_machine_is_left_alone(self):
        self.assertEqual(self.answers_to_arp("192.0.2.50"), {self.mac(self.real)})

    def test_a_linux_is_as_the_linux_beside_it(self):
        self.ping("192.0.2.66")
        self.assertEqual(self.fingerprint("192.0.2.66")[1], self.fingerprint("192.0.2.50")[1])

    def test_hosts_probe_neighbours_they_replied_to(self):
        """A host probes a neighbour by unicast five seconds after the first packet, as the real Linux
        does."""
        # An address that no other test used: its neighbour entry would still be fresh.
        addresses = ("192.0.2.50", "192.0.2.67", "192.0.2.71", "192.0.2.73")
        self.real.ip("neighbor", "flush", "dev", "eth0")
        self.attacker.run("arp-scan", "-I", "eth0", "--retry=3", *addresses)
        capture = self.attacker.start("timeout", "8", "tcpdump", "-n", "-e", "-l", "-i", "eth0",
                                      "-Q", "in", "arp", stdout=lab.subprocess.PIPE,
                                      stderr=lab.subprocess.STDOUT, text=True)
        self.assertIn("listening", capture.stdout.readline() + capture.stdout.readline())
        for address in addresses:
            self.ping(address)
        said = capture.communicate(timeout=20)[0]
        asks = {address for address in addresses
                if f"who-has 192.0.2.2 tell {address}" in said}
        self.assertEqual(asks, {"192.0.2.50", "192.0.2.67", "192.0.2.71"}, said)
        self.assertNotIn("> ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 60: Request who-has "
                         "192.0.2.2 ", said)

    def test_families_can_be_distinguished(self):
        for address, family in (("192.0.2.70", "Windows10"), ("192.0.2.72", "FreeBSD"),
                                ("192.0.2.74", "Cisco IOS")):
            self.ping(address)
            self.assertIn(family, self.fingerprint(address)[2])

    def test_a_scan_by_nmap_names_the_makers(self):
        self.ping("192.0.2.70")
        output = self.attacker.run("nmap", "-n", "-sn", "192.0.2.70", "192.0.2.74").stdout
        self.assertRegex(output, r"MAC Address: \S+ \(Dell\)")
        self.assertRegex(output, r"(?i)MAC Address: 00:05:DC:01:02:03 \(Cisco Systems\)")

    def test_explain_shows_the_address(self):
        found = self.scan("192.0.2.90")
        output = lab.run(lab.BINARY, "explain", self.lab.folder / "test.conf", "192.0.2.90",
                         "--key", "a test").stdout
        self.assertIn(f"ethernet     {found['192.0.2.90'][0]} (cisco)", output)


class ManyCards(arp_test.OnLink):
    """More MAC addresses than a card can filter: promiscuous mode. And a reload that adds cards."""

    config = "create default\nset default default tcp action reset\n"
    arguments = ("-i", "eth0", "--arp=force", "--control", "ctl", "192.0.2.60-192.0.2.250")

    def ctl(self, *arguments):
        return self.honeynet.run(lab.BINARY, "ctl", "--socket", self.lab.folder / "ctl",
                                 *arguments).stdout

    def flags(self):
        return self.honeynet.ip("-d", "link", "show", "eth0")

    def test_a_reload_gives_cards_and_takes_them(self):
        self.assertEqual(self.ping("192.0.2.200"), (True, self.mac(self.honeynet)))
        self.assertIn("promiscuity 0", self.flags())
        self.ctl('set default ethernet "Intel Corporate"')
        answers, mac = self.ping("192.0.2.200")
        self.assertTrue(answers)
        self.assertNotEqual(mac, self.mac(self.honeynet))
        self.assertNotIn("promiscuity 0", self.flags())
        self.ctl("bind 192.0.2.201 default")
        listed = [line for line in self.ctl("hosts").splitlines()
                  if line.startswith("192.0.2.201 ")]
        self.assertIn(self.ping("192.0.2.201")[1], listed[0])
        self.ctl("reload")
        self.assertEqual(self.ping("192.0.2.200"), (True, self.mac(self.honeynet)))
        self.assertIn("promiscuity 0", self.flags())


class Contested(arp_test.OnLink):
    """With --arp=force, hosts keep their address; Windows defends it by ARP, Linux does not."""

    config = CONFIG
    arguments = ("-i", "eth0", "--arp=force", "192.0.2.64-192.0.2.100")

    def announcements(self, address):
        """The host's announcements while the real machine claims its address."""
        capture = self.attacker.start("timeout", "3", "tcpdump", "-n", "-e", "-l", "-i", "eth0",
                                      "-Q", "in", "arp", stdout=lab.subprocess.PIPE,
                                      stderr=lab.subprocess.STDOUT, text=True)
        self.assertIn("listening", capture.stdout.readline() + capture.stdout.readline())
        real = self.mac(self.real)
        own, claimed = bytes.fromhex(real.replace(":", "")), lab.socket.inet_aton(address)
        with self.real.inside():
            speaker = lab.socket.socket(lab.socket.AF_PACKET, lab.socket.SOCK_RAW)
            speaker.bind(("eth0", 0))
        for _ in range(2):
            speaker.send(b"\xff" * 6 + own + b"\x08\x06" + b"\0\1\x08\0\6\4\0\1" + own +
                         claimed + b"\0" * 6 + claimed)
        speaker.close()
        output = capture.communicate(timeout=20)[0]
        return [line for line in output.splitlines()
                if f"who-has {address}" in line and f"tell {address}" in line and real not in line]

    def test_is_announced_and_defended_as_its_system_does(self):
        self.assertEqual(len(self.announcements("192.0.2.70")), 1)
        self.assertTrue(self.daemon.wait_for_log("192.0.2.70 belongs to the real machine"))
        self.assertEqual(self.announcements("192.0.2.80"), [])
        self.assertTrue(self.ping("192.0.2.70")[0])


if __name__ == "__main__":
    lab.main()
