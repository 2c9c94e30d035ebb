"""Proxies that lead back to the honeynet, and one without the capability that it needs."""
import time
import unittest

import lab
from proxy_test import is_reset


class Loops(lab.LabTest):
    """A proxy whose name leads back to the honeynet, which `check` cannot see."""

    answers = "10.0.0.5"
    arguments = ("-i", "tun:honey0", "10.0.0.0/24")
    config = """
create host
add host tcp port 22 proxy loop.example:22
add host udp port 53 proxy loop.example:53
bind 10.0.0.5 host
bind 10.0.0.6 host
"""

    @classmethod
    def prepare(cls):
        (cls.honeynet.names / "hosts").write_text("127.0.0.1 localhost\n10.0.0.6 loop.example\n")
        cls.honeynet.shell("sysctl -qw net.ipv4.ip_forward=1")

    def test_the_first_turn_is_refused(self):
        self.assertTrue(is_reset(self.attacker, "10.0.0.5", 22))
        self.assertTrue(self.daemon.wait_for_log("(proxy loop)"))
        with self.attacker.udp("10.0.0.5", 53) as visitor:
            visitor.send(b"question")
        time.sleep(1)
        connected = self.daemon.log().count("connected to host")
        self.assertLessEqual(connected, 4, self.daemon.log())
        self.assertEqual(self.daemon.log().count("(proxy loop)"), 1)


class Refusals(unittest.TestCase):
    def test_transparent_needs_its_capability(self):
        machine = lab.Lab()
        self.addCleanup(machine.remove)
        machine.add_file("test.conf", "create a\nadd a tcp port 22 proxy 172.16.0.2:22 transparent\n"
                         "bind 10.0.0.5 a\n")
        done = machine.honeynet.run("capsh", "--drop=cap_net_admin", "--", "-c",
                                    f"cd {machine.folder} && {lab.BINARY} run -f test.conf -i inside "
                                    "--control off", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("CAP_NET_ADMIN: to connect proxies from visitors' addresses", done.stdout)

    def test_check_finds_a_loop(self):
        machine = lab.Lab()
        self.addCleanup(machine.remove)
        file = machine.add_file("test.conf", "create a\nadd a tcp port 22 proxy 10.0.0.6:22\nbind 10.0.0.5 a\n"
                                "create b\nadd b tcp port 22 proxy 10.0.0.5:22\nbind 10.0.0.6 b\n")
        done = lab.run(lab.BINARY, "check", file, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("this proxy connects to itself: 10.0.0.6:22, 10.0.0.5:22", done.stdout)


if __name__ == "__main__":
    lab.main()
