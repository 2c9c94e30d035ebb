"""Routed delivery: two daemons with one key announce one prefix over BGP, and a router spreads
visitors over both. It runs the files of examples/bgp with BIRD."""
import re
import time
import unittest

import lab

CONFIG = """
create server
set server personality "Linux 3.2 - 4.9"
set server default tcp action reset
set server default udp action reset
add server tcp port 7 "cat"
bind 10.0.0.0/24 server
"""
KEY = "one honeynet, two daemons"
HOSTS = [f"10.0.0.{number}" for number in range(1, 25)]


class Announcer:
    """A daemon with BIRD on the same machine."""

    def __init__(self, cls, name, number):
        self.name, self.folder = name, cls.lab.folder
        self.machine = cls.lab.add_machine(name)
        lab.connect_wire(self.machine, "eth0", cls.router, name)
        cls.router.ip("link", "set", name, "master", "honeypots")
        self.machine.ip("address", "add", f"198.51.100.{number}/24", "dev", "eth0")
        self.control = self.folder / f"{name}.sock"
        self.daemon = lab.Daemon(self.machine, self.folder, "-f", "bgp.conf", "-i", "eth0", "--key",
                                 KEY, "--control", self.control, "10.0.0.0/24")
        cls.lab.daemons.append(self.daemon)
        self.bird = Bird(cls, self.machine, "daemon.conf", name)

    def announces(self, whether):
        self.bird.ask("enable" if whether else "disable", "honeynet")

    def received(self):
        status = lab.run(lab.BINARY, "ctl", "--socket", self.control, "--json", "status").stdout
        return int(re.search(r'"received_packets":\s*(\d+)', status)[1])


class Bird:
    """BIRD in a machine, in the foreground."""

    def __init__(self, cls, machine, configuration, name):
        self.socket = cls.lab.folder / f"{name}.birdc"
        self.process = machine.start("bird", "-f", "-c", lab.EXAMPLES / "bgp" / configuration, "-s",
                                     self.socket, stdout=lab.subprocess.DEVNULL,
                                     stderr=lab.subprocess.DEVNULL)
        cls.addClassCleanup(self.stop)
        assert lab.wait_until(lambda: self.answers()), "BIRD does not start"

    def answers(self):
        return lab.run("birdc", "-s", self.socket, "show", "status", check=False).returncode == 0

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def ask(self, *command):
        return lab.run("birdc", "-s", self.socket, *command).stdout


class TwoDaemons(lab.LabTest):
    @classmethod
    def prepare(cls):
        cls.router = cls.honeynet
        cls.lab.add_file("bgp.conf", CONFIG)
        cls.router.ip("link", "add", "honeypots", "type", "bridge")
        cls.router.ip("address", "add", "198.51.100.1/24", "dev", "honeypots")
        cls.router.ip("link", "set", "honeypots", "up")
        cls.router.shell("sysctl -qw net.ipv4.ip_forward=1 net.ipv4.fib_multipath_hash_policy=0")
        cls.router_bird = Bird(cls, cls.router, "router.conf", "router")
        cls.a = Announcer(cls, "first", 2)
        cls.b = Announcer(cls, "second", 3)

    def setUp(self):
        self.route_to(self.a, self.b)

    def next_hops(self):
        return set(re.findall(r"via (198\.51\.100\.\d+)",
                              self.router.ip("route", "show", "10.0.0.0/8")))

    def route_to(self, *announcers):
        """Makes only these announce the prefix, and waits until the router's table agrees."""
        for each in (self.a, self.b):
            each.announces(each in announcers)
        wanted = {"198.51.100.2" if each is self.a else "198.51.100.3" for each in announcers}
        self.assertTrue(lab.wait_until(lambda: self.next_hops() == wanted, 20),
                        f"{self.next_hops()} is not {wanted}: {self.router_bird.ask('show', 'protocols')}")

    def scan(self):
        """nmap's result for a host: its ports and its operating system."""
        output = self.attacker.run("nmap", "-n", "-Pn", "-O", "--osscan-guess", "--max-os-tries", "1",
                                   "-p", "7,8", "10.0.0.5").stdout
        wanted = ("7/tcp", "8/tcp", "Device type", "Running", "OS CPE", "OS details",
                  "Network Distance", "Aggressive")
        return [line for line in output.splitlines() if line.startswith(wanted)]

    def pings(self, host):
        return self.attacker.run("ping", "-c1", "-W1", host, check=False).returncode == 0

    def test_nmap_sees_the_same_host_whichever_daemon_answers(self):
        self.route_to(self.a)
        by_a = self.scan()
        self.route_to(self.b)
        by_b = self.scan()
        self.route_to(self.a, self.b)
        by_either = self.scan()
        self.assertTrue(any("Linux 3" in line for line in by_a), by_a)
        self.assertIn("7/tcp open   echo", by_a)
        self.assertEqual(by_a, by_b)
        self.assertEqual(by_a, by_either)

    def test_visitors_are_spread_and_served(self):
        before = self.a.received(), self.b.received()
        for host in HOSTS:
            self.assertTrue(self.pings(host), host)
            with self.attacker.connect(host, 7) as connection:
                connection.sendall(b"hello")
                self.assertEqual(connection.recv(100), b"hello")
        for announcer, count in zip((self.a, self.b), before):
            self.assertGreater(announcer.received(), count, announcer.name)

    def test_traffic_continues_when_a_daemon_ends(self):
        self.assertTrue(all(map(self.pings, HOSTS)))
        self.b.announces(False)
        started = time.monotonic()
        self.assertTrue(lab.wait_until(lambda: self.next_hops() == {"198.51.100.2"}, 10))
        print(f"the route was gone after {time.monotonic() - started:.2f} s", flush=True)
        before = self.b.received()
        self.assertTrue(all(map(self.pings, HOSTS)))
        self.assertEqual(self.b.received(), before)


if __name__ == "__main__":
    lab.main()
