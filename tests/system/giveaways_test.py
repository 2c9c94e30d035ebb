"""What distinguishes honeypots from real machines: hping3 and nmap examine hosts of several systems, which
must look like unrelated machines. docs/fidelity.md lists the tests."""
import re

import lab

CONFIG = """
route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 2ms
route 10.1.0.1 link 10.1.0.0/24
create router
set router personality "Cisco 2811 router (IOS 12.2 - 12.4)"
set router default tcp action reset
bind 10.0.0.1 router
bind 10.1.0.1 router
create windows
set windows personality "Microsoft Windows 10 1607"
set windows default tcp action reset
add windows tcp port 80 open
create linux
set linux personality "Linux 4.15 - 5.6"
set linux default tcp action reset
add linux tcp port 80 open
bind 10.0.0.11 windows
bind 10.0.0.12 windows
bind 10.0.0.21 linux
bind 10.1.0.22 linux
"""
WINDOWS, WINDOWS_TOO, LINUX, LINUX_TOO = "10.0.0.11", "10.0.0.12", "10.0.0.21", "10.1.0.22"


class GiveAways(lab.LabTest):
    @classmethod
    def setUpClass(cls):
        cls.lab = lab.Lab()
        cls.addClassCleanup(cls.lab.remove)
        cls.attacker = cls.lab.attacker
        cls.daemon = cls.lab.start_daemon(CONFIG, "-i", "inside", "10.0.0.0/8", answers=LINUX)

    def hping(self, *arguments):
        """hping3's output for packets at intervals of a tenth of a second."""
        return self.attacker.run("hping3", "-n", "-i", "u100000", *arguments, check=False).stdout

    def ids(self, address, *arguments):
        return [int(n) for n in re.findall(r" id=(\d+)", self.hping("-c", "5", *arguments, address))]

    def test_ip_ids_are_each_hosts_own(self):
        both = [self.ids(host, "-S", "-p", "81")
                for host in (WINDOWS, WINDOWS_TOO, WINDOWS, WINDOWS_TOO)]
        for first, then in (both[0], both[2]), (both[1], both[3]):
            counted = first + then
            self.assertEqual(counted, list(range(counted[0], counted[0] + 10)), both)
        self.assertGreater(abs(both[0][0] - both[1][0]), 20, "two machines have different counters")
        self.assertEqual(set(self.ids(LINUX, "-S", "-p", "81")), {0})

    def test_isns_cannot_be_guessed_and_are_not_shared(self):
        def isns(address):
            output = self.hping("-S", "-p", "80", "-c", "5", "-Q", address)
            return [int(n) for n in re.findall(r"^ *(\d+) \+", output, re.M)]

        seen = [isns(address) for address in (WINDOWS, WINDOWS_TOO, LINUX, LINUX_TOO)]
        self.assertEqual([len(one) for one in seen], [5] * 4, seen)
        everything = [isn for one in seen for isn in one]
        self.assertEqual(len(set(everything)), 20)
        steps = [b - a for one in seen for a, b in zip(one, one[1:])]
        self.assertEqual(len(set(steps)), len(steps), "all steps differ")

    def test_timestamps_are_each_hosts_own(self):
        clocks = {}
        for address in (LINUX, LINUX_TOO, WINDOWS, WINDOWS_TOO):
            output = self.hping("-S", "-p", "80", "-c", "3", "--tcp-timestamp", address)
            ticks = [int(n) for n in re.findall(r"tcpts=(\d+)", output)]
            self.assertEqual(len(ticks), 3, output)
            for before, after in zip(ticks, ticks[1:]):  # a tenth of a second at 1,000 a second
                self.assertTrue(50 < after - before < 300, ticks)
            clocks[address] = ticks[0]
        for one, other in ((LINUX, LINUX_TOO), (WINDOWS, WINDOWS_TOO)):
            self.assertGreater(abs(clocks[one] - clocks[other]), 60_000, "booted a minute apart")

    def test_a_syn_of_no_programs_is_answered_as_any_other(self):
        """hping3's SYN has a window of 512 and no options, so the reply has no options."""
        for address in (WINDOWS, LINUX):
            output = self.hping("-S", "-p", "80", "-c", "2", "-V", address)
            self.assertEqual(len(re.findall(r"flags=SA", output)), 2, output)
            for window in re.findall(r"win=(\d+)", output):
                self.assertGreaterEqual(int(window), 1024, output)
            plain = re.findall(r"len=(\d+)", output)
            self.assertTrue(set(plain) <= {"44", "46"}, output)  # at most an MSS option; frames are padded

    def test_wrong_checksums_are_not_answered(self):
        for address in (WINDOWS, LINUX):
            for probe in (["-S", "-p", "80"], ["-1"], ["-2", "-p", "9"]):
                output = self.hping(*probe, "-c", "2", "--badcksum", address)
                self.assertIn("2 packets transmitted, 0 packets received", output)

    def test_flags_that_nothing_sends_are_answered_as_the_system_does(self):
        """A closed port resets a lone FIN or ACK, and no host answers a reset. An open port of Linux
        ignores a FIN, and a SYN followed by a reset opens no connection."""
        for address in (WINDOWS, LINUX):
            for flags, answered in (("-F", True), ("-R", False), ("-A", True)):
                output = self.hping(flags, "-p", "81", "-c", "2", address)
                self.assertEqual("2 packets received" in output, answered, f"{flags} {output}")
        self.assertIn(" 0 packets received", self.hping("-F", "-p", "80", "-c", "2", LINUX))
        self.assertNotIn("flags=SA", self.hping("-F", "-S", "-R", "-p", "80", "-c", "2", LINUX))

    def test_only_configured_ports_are_open(self):
        output = self.attacker.run("nmap", "-n", "-Pn", "-sS", "-T5", "-p1-2000", LINUX).stdout
        self.assertEqual(re.findall(r"^(\d+)/tcp +open", output, re.M), ["80"], output)

    def test_distance_route_and_ttl_agree(self):
        for address, hops in ((LINUX, ["10.0.0.1", LINUX]), (LINUX_TOO, ["10.0.0.1", "10.1.0.1",
                                                                         LINUX_TOO])):
            output = self.attacker.run("nmap", "-n", "-Pn", "-O", "--traceroute", "-p80,81",
                                       address).stdout
            self.assertIn(f"Network Distance: {len(hops)} hops", output)
            self.assertEqual(re.findall(r"^\d+ .* (\S+)$", output, re.M)[-len(hops):], hops, output)
            ttl = re.search(r"ttl=(\d+)", self.hping("-S", "-p", "80", "-c", "1", address))
            self.assertEqual(int(ttl[1]), 64 - len(hops) + 1, output)

    def test_icmp_is_the_systems(self):
        """Xprobe2's probes: the code and TOS of echoes, timestamps, masks, and the quotation of a datagram
        to a closed port."""
        def reply(*arguments):
            return self.hping("-c", "1", *arguments)

        for address in (WINDOWS, LINUX):
            self.assertIn(" 0 packets received", reply("--icmp-addr", address))
        day = 86_400_000  # milliseconds; Windows uses the other byte order
        for address, is_sane in ((LINUX, True), (WINDOWS, False)):
            said = re.search(r"Receive=(\d+) Transmit=\1", reply("--icmp-ts", address))
            self.assertEqual(int(said[1]) < day, is_sane, said[0])
        for address in (WINDOWS, LINUX):
            self.assertIn("ICMP Port Unreachable", reply("-2", "-p", "9", address))


if __name__ == "__main__":
    lab.main()
