"""The TUN backend: the machine routes the claimed addresses to the daemon, without link layer."""
import re
import unittest

import lab


class Tun(lab.LabTest):
    config = """
route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 10ms
route 10.1.0.1 link 10.1.0.0/16
create host
set host default tcp action reset
set host default udp action reset
add host tcp port 7 "cat"
bind 10.0.0.1 host
bind 10.0.0.5 host
bind 10.1.0.9 host
"""
    arguments = ("-i", "tun:bees0", "10.0.0.0/8")
    answers = "10.0.0.1"

    @classmethod
    def prepare(cls):
        cls.honeynet.shell("echo 1 > /proc/sys/net/ipv4/ip_forward")

    def test_answers_the_machine_itself(self):
        self.assertIn("2 received", self.honeynet.run("ping", "-c2", "-i0.2", "10.0.0.5").stdout)

    def test_answers_visitors_that_the_machine_routes(self):
        for size in (56, 65000):
            output = self.attacker.run("ping", "-c2", "-i0.2", "-s", size, "10.0.0.5").stdout
            self.assertIn("2 received", output)

    def test_services(self):
        with self.attacker.connect("10.0.0.5", 7) as connection:
            connection.sendall(b"hello")
            self.assertEqual(connection.recv(100), b"hello")

    def test_traceroute(self):
        output = self.attacker.run("traceroute", "-n", "-q1", "-w2", "10.1.0.9").stdout
        hops = re.findall(r"^ *\d+  (\S+)", output, re.MULTILINE)
        self.assertEqual(hops, ["192.0.2.1", "10.0.0.1", "10.1.0.1", "10.1.0.9"])

    def test_closed_udp_port(self):
        with self.attacker.udp("10.0.0.5", 1000) as visitor:
            visitor.send(b"anybody?")
            with self.assertRaises(ConnectionRefusedError):
                visitor.recv(100)


class TunEnds(lab.LabTest):
    def test_nothing_is_left(self):
        daemon = self.lab.start_daemon(Tun.config, *Tun.arguments)
        self.assertTrue(lab.wait_until(lambda: "10.0.0.0/8" in self.honeynet.ip("route")))
        self.assertEqual(daemon.stop(), 0)
        self.assertNotIn("10.0.0.0/8", self.honeynet.ip("route"))
        self.assertNotIn("bees0", self.honeynet.ip("link"))


if __name__ == "__main__":
    lab.main()
