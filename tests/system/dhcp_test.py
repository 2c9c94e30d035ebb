"""Hosts that get their addresses from a DHCP server (dnsmasq)."""
import json
import re

import arp_test
import capture_test
import lab

HOSTS = 200
MAC = re.compile("(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
CONFIG = "\n".join(["create linux", 'set linux personality "Linux 3.2 - 4.9"',
                    'set linux ethernet "Intel Corporate"', "create windows",
                    'set windows personality "Microsoft Windows 10 1607"',
                    'set windows ethernet "Dell"', "set windows default tcp action reset"] +
                   ["dhcp linux on inside", "dhcp windows on inside"] * (HOSTS // 2)) + "\n"


class Dhcp:
    """The server is the attacker's machine."""

    addresses = "192.0.2.20,192.0.2.250,2m"
    server_link = "outside"

    @classmethod
    def prepare(cls):
        cls.server_log = cls.lab.folder / "dnsmasq.log"
        cls.server = cls.attacker.start(
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--no-ping",
            f"--interface={cls.server_link}", f"--dhcp-range={cls.addresses}", "--dhcp-authoritative",
            "--log-dhcp", f"--log-facility={cls.server_log}", "--user=root", "--pid-file=",
            f"--dhcp-leasefile={cls.lab.folder / 'leases'}")
        cls.addClassCleanup(cls.stop_server)
        assert lab.wait_until(lambda: cls.server_log.exists() and "started" in cls.log(), 10)

    @classmethod
    def stop_server(cls):
        cls.server.terminate()
        cls.server.wait()

    @classmethod
    def log(cls):
        return cls.server_log.read_text(errors="replace")

    def ctl(self, *arguments):
        return self.honeynet.run(lab.BINARY, "ctl", "--socket", self.lab.folder / "ctl",
                                 *arguments).stdout

    def leases(self):
        """Address -> rest of the line, for hosts with a lease."""
        return dict(line.split(" ", 1) for line in self.ctl("leases").splitlines()
                    if not line.startswith("-"))

    def pings(self, address):
        return self.attacker.run("ping", "-n", "-c1", "-W2", address,
                                 check=False).returncode == 0


class ManyHosts(Dhcp, lab.LabTest):
    config = CONFIG
    arguments = ("-i", "inside", "--control", "ctl")

    def test_life_of_two_hundred_leases(self):
        self.assertTrue(lab.wait_until(lambda: len(self.leases()) == HOSTS, 60),
                        self.ctl("leases")[-2000:])
        leases = self.leases()
        macs = {MAC.search(rest)[0] for rest in leases.values()}
        self.assertEqual(len(macs), HOSTS)
        with self.subTest("they answer pings"):
            silent = [address for address in leases if not self.pings(address)]
            self.assertEqual(silent, [])
        with self.subTest("neighbours see their vendors"):
            seen = self.attacker.ip("neighbor", "show", "dev", "outside")
            for address in list(leases)[:20]:
                self.assertIn(f"{address} lladdr {MAC.search(leases[address])[0]}", seen)
        with self.subTest("their DHCP options are those of their systems"):
            self.assertIn("vendor class: MSFT 5.0", self.log())
            self.assertIn("client provides name: DESKTOP-", self.log())
        with self.subTest("a reload keeps them"):
            self.ctl("reload")
            self.assertEqual(set(self.leases()), set(leases))
            self.assertTrue(self.pings(next(iter(leases))))
        with self.subTest("they are renewed"):
            first = min(leases)
            asked = self.log().count(f"DHCPREQUEST(outside) {first} ")
            self.assertTrue(lab.wait_until(
                lambda: self.log().count(f"DHCPREQUEST(outside) {first} ") > asked, 90))
            self.assertTrue(self.pings(first))
        with self.subTest("a reload without them releases their leases"):
            self.lab.add_file("test.conf", CONFIG.replace("dhcp windows on inside\n", ""))
            self.ctl("reload")
            self.assertTrue(lab.wait_until(
                lambda: self.log().count("DHCPRELEASE(outside)") == HOSTS // 2, 10))
            self.assertEqual(len(self.leases()), HOSTS // 2)
        with self.subTest("at its end the daemon releases the others"):
            self.daemon.stop()
            self.assertTrue(lab.wait_until(
                lambda: self.log().count("DHCPRELEASE(outside)") == HOSTS, 10))


class LeasedAddress(Dhcp, lab.LabTest):
    """Events and captures name the template of a host with a lease, not the default template."""

    config = """
create default
set default default tcp action block
create linux
set linux ethernet "00:50:56:ab:cd:ef"
set linux default tcp action reset
add linux tcp port 80 open
dhcp linux on inside
"""
    arguments = ("-i", "inside", "--control", "ctl", "--events", "events.jsonl", "--capture", "all.pcapng",
                 "10.9.0.0/24")

    def comments(self, display_filter):
        return capture_test.shark(self.lab.folder / "all.pcapng", "-Y", display_filter, "-T", "fields",
                                  "-e", "frame.comment")

    def test_events_and_capture_name_the_template_of_the_host(self):
        self.assertTrue(lab.wait_until(lambda: len(self.leases()) == 1, 60), self.log()[-2000:])
        address = next(iter(self.leases()))
        self.assertTrue(self.pings(address))
        self.attacker.connect(address, 80).close()
        with self.subTest("contact"):
            def contacts():
                lines = (self.lab.folder / "events.jsonl").read_text().splitlines()
                return [event["apiary"]["template"] for event in map(json.loads, lines)
                        if event["event"]["action"] == "contact"
                        and event["destination"].get("ip") == address]
            self.assertTrue(lab.wait_until(contacts))
            self.assertEqual(set(contacts()), {"linux"})
        with self.subTest("capture"):
            syn = f"ip.dst == {address} and tcp.dstport == 80 and tcp.flags.syn == 1"
            self.assertTrue(lab.wait_until(lambda: self.comments(syn), 5))
            self.assertEqual(set(self.comments(syn)), {"linux, tcp 80: open, no service"})


class TakenAddress(Dhcp, arp_test.OnLink):
    """A real machine has the addresses that the server offers."""

    addresses = "192.0.2.77,192.0.2.78,2m"
    server_link = "eth0"
    config = "create host\nset host ethernet \"00:0c:29:01:02:03\"\ndhcp host on eth0\n"
    arguments = ("-i", "eth0", "--control", "ctl")

    @classmethod
    def prepare(cls):
        for address in ("192.0.2.77", "192.0.2.78"):
            cls.real.ip("address", "add", f"{address}/32", "dev", "eth0")
        super().prepare()

    def test_is_declined_and_another_is_taken(self):
        self.assertTrue(lab.wait_until(lambda: "DHCPDECLINE(eth0)" in self.log(), 30))
        declined = re.search(r"DHCPDECLINE\(eth0\) (\S+) 00:0c:29:01:02:03", self.log())[1]
        self.assertEqual(self.leases(), {})
        for address in ("192.0.2.77", "192.0.2.78"):
            if address != declined:
                self.real.ip("address", "del", f"{address}/32", "dev", "eth0")
        self.assertTrue(lab.wait_until(lambda: len(self.leases()) == 1, 60), self.log()[-2000:])
        address = next(iter(self.leases()))
        self.assertNotEqual(address, declined)
        self.assertTrue(self.pings(address))
        self.assertIn("00:0c:29:01:02:03", self.attacker.ip("neighbor", "show", "to", address))


if __name__ == "__main__":
    lab.main()
