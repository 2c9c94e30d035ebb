"""nmap's port scans: open, closed and silent ports."""
import unittest

import lab


class Scan(lab.LabTest):
    config = """
create host
set host default tcp action reset
set host default udp action reset
add host tcp port 22 open
add host tcp port 80 "cat"
add host tcp port 25 block
add host udp port 7 "cat"
add host udp port 53 block
bind 10.0.0.5 host

create wall
set wall default tcp action block
set wall default udp action block
add wall tcp port 443 open
bind 10.0.0.6 wall

create default
set default default tcp action reset
set default default udp action reset
"""
    answers = "10.0.0.5"

    def scan(self, *options):
        output = self.attacker.run("nmap", "-n", "-oG", "-", *options, timeout=120).stdout
        return {line.split()[1]: line for line in output.splitlines() if "Ports:" in line}

    def test_syn_scan_of_a_thousand_ports(self):
        found = self.scan("-sS", "-p1-1000", "10.0.0.5")["10.0.0.5"]
        self.assertIn("22/open/tcp", found)
        self.assertIn("80/open/tcp", found)
        self.assertIn("25/filtered/tcp", found)
        self.assertIn("Ignored State: closed (997)", found)

    def test_syn_scan_of_a_wall(self):
        found = self.scan("-sS", "-Pn", "-p440-445", "10.0.0.6")["10.0.0.6"]
        self.assertIn("443/open/tcp", found)
        self.assertEqual(found.count("/filtered/tcp"), 5)

    def test_udp_scan(self):
        found = self.scan("-sU", "-p7,53,54", "--max-retries", "2", "10.0.0.5")["10.0.0.5"]
        self.assertIn("54/closed/udp", found)
        self.assertIn("53/open|filtered/udp", found)
        self.assertRegex(found, r"7/open(\|filtered)?/udp")

    def test_unbound_addresses_are_the_default_template(self):
        found = self.scan("-sS", "-p22", "10.0.0.77-80")
        self.assertEqual(sorted(found), [f"10.0.0.{n}" for n in (77, 78, 79, 80)])
        for line in found.values():
            self.assertIn("22/closed/tcp", line)

    def test_connect_scan(self):
        found = self.scan("-sT", "-p22-26", "10.0.0.5")["10.0.0.5"]
        self.assertIn("22/open/tcp", found)
        self.assertIn("23/closed/tcp", found)

    def test_a_thousand_hosts(self):
        output = self.attacker.run("nmap", "-n", "-sn", "-PE", "10.0.4.0/22", timeout=120).stdout
        self.assertIn("1024 hosts up", output)


if __name__ == "__main__":
    lab.main()
