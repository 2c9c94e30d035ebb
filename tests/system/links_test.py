"""Links as configured: bandwidth and queue, jitter, bursts of loss, duplicates, reordering, MTU. Short and
lenient; bench/topology_exactness measures the same for longer."""
import re
import unittest

import lab
import pings

LINKS = """
route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.1.1 latency 5ms
route 10.1.1.1 add net 10.1.0.0/16 10.1.2.1 latency 10ms
route 10.1.2.1 add net 10.1.0.0/16 10.1.3.1 latency 20ms
route 10.1.3.1 add net 10.1.0.0/16 10.1.4.1 latency 40ms
route 10.1.4.1 link 10.1.4.0/24
route 10.0.0.1 add net 10.2.0.0/16 10.2.0.1 loss 5
route 10.2.0.1 link 10.2.0.0/24
route 10.0.0.1 add net 10.3.0.0/16 10.3.0.1 latency 10ms bandwidth 10Mbps
route 10.3.0.1 link 10.3.0.0/24
route 10.0.0.1 add net 10.4.0.0/16 10.4.0.1 latency 50ms jitter 5ms
route 10.4.0.1 link 10.4.0.0/24
route 10.0.0.1 add net 10.5.0.0/16 10.5.0.1 latency 50ms jitter 5ms normal
route 10.5.0.1 link 10.5.0.0/24
route 10.0.0.1 add net 10.6.0.0/16 10.6.0.1 latency 50ms jitter 5ms pareto
route 10.6.0.1 link 10.6.0.0/24
route 10.0.0.1 add net 10.7.0.0/16 10.7.0.1 latency 20ms reorder 10
route 10.7.0.1 link 10.7.0.0/24
route 10.0.0.1 add net 10.8.0.0/16 10.8.0.1 latency 5ms duplicate 5
route 10.8.0.1 link 10.8.0.0/24
route 10.0.0.1 add net 10.9.0.0/16 10.9.0.1 loss gemodel 1 20
route 10.9.0.1 link 10.9.0.0/24
route 10.0.0.1 add net 10.10.0.0/16 10.10.0.1 latency 5ms mtu 1400
route 10.10.0.1 add net 10.10.1.0/24 10.10.1.1 latency 5ms mtu 1000
route 10.10.0.1 link 10.10.0.0/24
route 10.10.1.1 link 10.10.1.0/24

create host
set host default tcp action reset
set host default udp action reset
add host tcp port 19 "head -c BYTES /dev/zero"
bind 10.0.0.9 host
bind 10.1.4.9 host
bind 10.2.0.9 host
bind 10.3.0.9 host
bind 10.4.0.9 host
bind 10.5.0.9 host
bind 10.6.0.9 host
bind 10.7.0.9 host
bind 10.8.0.9 host
bind 10.9.0.9 host
bind 10.10.1.9 host
"""


def read_to_end(connection):
    size = 0
    while part := connection.recv(1 << 16):
        size += len(part)
    return size


class Links(lab.LabTest):
    config = LINKS.replace("BYTES", "2500000")
    answers = "10.0.0.9"

    def ping(self, address, count, per_second=500, **options):
        return pings.Pings(self.attacker, address, count, per_second, **options).finish()

    def test_latencies_add_up(self):
        measured = self.ping("10.1.4.9", 200)
        self.assertEqual(measured.received, 200)
        self.assertGreaterEqual(measured.round_trips[0], 150)
        self.assertLess(measured.at_share(0.25), 153)

    def test_loss_in_both_directions(self):
        measured = self.ping("10.2.0.9", 4000, 4000)
        self.assertAlmostEqual(measured.received / 4000, 0.95 ** 2, delta=0.02)

    def test_a_download_fills_the_link_and_its_queue(self):
        with self.attacker.connect("10.3.0.9", 19) as connection:
            connection.recv(1)
            begun = lab.time.monotonic()
            load = pings.Pings(self.attacker, "10.3.0.9", 30, 20)
            self.assertEqual(read_to_end(connection), 2_499_999)
            took = lab.time.monotonic() - begun
        load.finish()
        # 2.5 MB with the headers of 1,727 segments take 2.07 s at 10 Mbit/s.
        self.assertGreater(took, 1.9)
        self.assertLess(took, 4)
        self.assertGreater(load.at_share(0.9), 40, "pings wait in the queue")
        self.assertLess(load.at_share(0.9), 150, "the queue holds at most 100 ms")
        self.assertLess(self.ping("10.3.0.9", 20, 50).at_share(0.25), 23, "and empties")

    def test_jitter(self):
        for address, least, most in (("10.4.0.9", 3, 5.5), ("10.5.0.9", 5.5, 9), ("10.6.0.9", 4, 11)):
            with self.subTest(address):
                times = self.ping(address, 600).round_trips
                self.assertEqual(len(times), 600)
                mean = sum(times) / len(times)
                deviation = (sum((t - mean) ** 2 for t in times) / len(times)) ** 0.5
                self.assertAlmostEqual(mean, 100, delta=3)
                self.assertGreater(deviation, least)
                self.assertLess(deviation, most)

    def test_reordering(self):
        measured = self.ping("10.7.0.9", 500, 200)
        early = sum(1 for t in measured.round_trips if t < 30)
        self.assertAlmostEqual(early / 500, 0.19, delta=0.08)
        self.assertGreater(measured.overtaken, 100)

    def test_duplicates(self):
        measured = self.ping("10.8.0.9", 2000)
        self.assertEqual(measured.received, 2000)
        copies = sum(len(answers) - 1 for answers in measured.answers)
        self.assertAlmostEqual(copies / 2000, 1.05 ** 2 - 1, delta=0.03)

    def test_the_path_mtu_is_reported(self):
        output = self.attacker.run("tracepath", "-n", "10.10.1.9").stdout
        self.assertRegex(output, r"10\.0\.0\.1 .*pmtu 1400")
        self.assertRegex(output, r"10\.10\.0\.1 .*pmtu 1000")
        self.assertRegex(output, r"10\.10\.1\.9 .*reached")
        self.attacker.ip("route", "flush", "cache")
        output = self.attacker.run("traceroute", "-n", "--mtu", "10.10.1.9").stdout
        self.assertIn("F=1400", output)
        self.assertIn("F=1000", output)
        self.attacker.ip("route", "flush", "cache")

    def test_data_crosses_narrow_links_both_ways(self):
        with self.attacker.connect("10.10.1.9", 19) as connection:
            self.assertEqual(read_to_end(connection), 2_500_000)
        output = self.attacker.run("ping", "-c2", "-i0.2", "-s4000", "-M", "dont",
                                   "10.10.1.9").stdout
        self.assertIn("2 received", output)


def chain(length):
    """A configuration of a chain of routers with links of 1 ms, and a host at the end."""
    lines = ["route entry 10.0.0.1", "create router", 'set router personality "Linux 5.0 - 5.4"',
             "set router default tcp action reset", "create host",
             'set host personality "Microsoft Windows 10 1607"', "set host default tcp action reset",
             "set host default udp action reset", "add host tcp port 80 open",
             f"bind 10.{length - 1}.0.9 host"]
    for n in range(length):
        lines += [f"route 10.{n}.0.1 link 10.{n}.0.0/24", f"bind 10.{n}.0.1 router"]
        if n:
            lines += [f"route 10.{at}.0.1 add net 10.{n}.0.0/16 10.{at + 1}.0.1 latency 1ms"
                      for at in range(n)]
    return "\n".join(lines) + "\n"


class ThirtyTwoRouters(lab.LabTest):
    """Every tool sees each router at its hop, and the host after the last one."""

    config = chain(32)
    answers = "10.0.0.1"
    target = "10.31.0.9"
    hops = [f"10.{n}.0.1" for n in range(32)] + ["10.31.0.9"]

    visitors = 0

    def setUp(self):
        # Linux sends each visitor one ICMP error per second with bursts of six: three per trace. So each test is
        # another visitor.
        type(self).visitors += 1
        address = f"192.0.2.{10 + self.visitors}"
        self.attacker.ip("address", "add", f"{address}/24", "dev", "outside")
        self.attacker.ip("route", "replace", "10.0.0.0/8", "via", "192.0.2.1", "src", address)

    def addresses(self, output, pattern):
        return [re.findall(r"\d+\.\d+\.\d+\.\d+", line)[0]
                for line in output.splitlines() if re.match(pattern, line) and
                re.search(r"\d+\.\d+\.\d+\.\d+", line)]

    def traceroute(self, *options):
        output = self.attacker.run("traceroute", "-n", "-m", "40", "-N", "8", *options, self.target).stdout
        self.assertEqual(self.addresses(output, r" *\d+ "), self.hops, output)
        self.assertNotIn("*", output)

    def test_traceroute_by_udp(self):
        self.traceroute()

    def test_traceroute_by_icmp(self):
        self.traceroute("-I")

    def test_traceroute_by_tcp(self):
        self.traceroute("-T", "-p", "80")

    def test_mtr(self):
        output = self.attacker.run("mtr", "-n", "-r", "-c", "3", "-i", "0.3", "-G", "1", "-m", "40",
                                   self.target).stdout
        self.assertEqual(self.addresses(output, r" *\d+\.\|--"), self.hops, output)

    def test_tracepath(self):
        output = self.attacker.run("tracepath", "-n", "-m", "40", self.target).stdout
        found = self.addresses(output, r" *\d+: ")
        self.assertEqual(list(dict.fromkeys(found)), self.hops, output)
        self.assertIn("reached", output)

    def test_nmap(self):
        output = self.attacker.run("nmap", "-n", "-Pn", "-p", "80", "--traceroute", self.target,
                                   timeout=120).stdout
        # Its limit is 30 hops.
        self.assertEqual(self.addresses(output, r"\d+ +[\d.]+ ms "), self.hops[:30], output)

    def test_scamper_by_the_method_of_paris(self):
        for method in ("icmp-paris", "udp-paris", "tcp"):
            with self.subTest(method):
                output = self.attacker.run("scamper", "-c", f"trace -P {method} -d 80 -m 40 -w 1",
                                           "-i", self.target, timeout=120, check=False).stdout
                self.assertEqual(self.addresses(output, r" *\d+ "), self.hops, output)

    def test_the_distance_shows_in_the_time_to_live(self):
        for address, initial, hops in (("10.0.0.1", 64, 0), ("10.7.0.1", 64, 7),
                                       (self.target, 128, 32)):
            output = self.attacker.run("ping", "-c1", address).stdout
            self.assertIn(f"ttl={initial - hops} ", output)


if __name__ == "__main__":
    lab.main()
