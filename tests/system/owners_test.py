"""An address on an interface has one owner, also if several daemons share the interface."""
import signal

import lab
from interface_lab import CONFIG, Interfaces


class OneOwner(Interfaces):
    def second(self, *arguments, config=CONFIG):
        name = f"second-{len(lab.logs)}.conf"
        self.lab.add_file(name, config)
        daemon = lab.Daemon(self.honeynet, self.lab.folder, "-f", name, *arguments)
        self.lab.daemons.append(daemon)
        self.addCleanup(daemon.stop)
        return daemon

    def test_an_interface_named_twice_counts_once(self):
        self.honeynet.ip("link", "property", "add", "dev", "inside", "altname", "anothername")
        self.addCleanup(self.honeynet.ip, "link", "property", "del", "dev", "inside", "altname",
                        "anothername")
        for names in (("inside", "inside"), ("inside", "anothername"), ("anothername", "inside")):
            with self.subTest(names=names):
                daemon = self.start("-i", names[0], "-i", names[1], "10.0.0.0/24")
                said = self.attacker.run("ping", "-c2", "-i0.2", "10.0.0.5").stdout
                self.assertNotIn("DUP", said)
                self.assertIn("using it once", daemon.log())
                daemon.stop()

    def test_a_real_machines_interface_must_be_another(self):
        self.honeynet.ip("link", "property", "add", "dev", "inside", "altname", "anothername")
        self.addCleanup(self.honeynet.ip, "link", "property", "del", "dev", "inside", "altname",
                        "anothername")
        for name in ("inside", "anothername"):
            with self.subTest(name=name):
                config = CONFIG + f"route entry 10.0.0.1\nroute 10.0.0.1 link 10.0.0.0/24\nbind 10.0.0.77 to {name}\n"
                daemon = self.second("-i", "inside", "10.0.0.0/24", config=config)
                self.assertEqual(daemon.process.wait(15), 1)
                self.assertIn("is used both with -i and for `bind ADDRESS to",
                              daemon.log())

    def test_a_second_daemon_with_the_same_addresses_is_refused(self):
        first = self.start()
        for claim in ("10.0.0.0/24", "10.0.0.5", "10.0.0.200-10.0.1.3", "10.0.0.0/8"):
            with self.subTest(claim=claim):
                second = self.second("-i", "inside", claim)
                self.assertEqual(second.process.wait(15), 1, second.log())
                self.assertIn(f"another apiary (process {first.process.pid}) already answers for",
                              second.log())
                self.assertIn("on inside: end it", second.log())
        self.assertTrue(self.answers())

    def test_two_daemons_with_different_addresses_share_an_interface(self):
        self.honeynet.shell("echo 1 > /proc/sys/net/ipv4/ip_forward")
        first = self.start("-i", "inside", "10.0.0.0-10.0.0.5")
        second = self.second("-i", "inside", "10.0.0.6")
        self.wait(lambda: self.answers("10.0.0.6"), second)
        for address in ("10.0.0.5", "10.0.0.6"):
            said = self.attacker.run("ping", "-c2", "-i0.2", address).stdout
            self.assertNotIn("DUP", said)
        # A reload whose claim overlaps the other's is refused, too.
        self.lab.add_file("live.conf", CONFIG.replace("bind 10.0.0.6 host\n", ""))
        third = self.second("-i", "inside", "10.0.0.7")
        self.wait(lambda: self.answers("10.0.0.7"), third)
        second.stop()
        for address in ("10.0.0.5", "10.0.0.7"):  # packets are still kept from the kernel, which forwards
            self.assertNotIn("From 192.0.2.1",
                             self.attacker.run("ping", "-c2", "-i0.2", address).stdout)
        self.assertTrue(self.answers("10.0.0.5"))
        self.assertTrue(self.answers("10.0.0.7"))
        first.stop()
        third.stop()
        self.assertNotIn("104:", self.honeynet.ip("rule"))

    def test_a_reload_may_not_take_what_another_has(self):
        daemon = self.start("-i", "inside", config=CONFIG.replace("bind 10.0.0.7 host\n", ""))
        other = self.second("-i", "inside", "10.0.0.7")
        self.wait(lambda: self.answers("10.0.0.7"), other)
        said = self.ctl("bind 10.0.0.7 host")
        self.assertIn(f"another apiary (process {other.process.pid}) already answers for 10.0.0.7", said)
        other.stop()
        self.assertNotIn("another apiary", self.ctl("bind 10.0.0.7 host"))
        self.assertTrue(self.answers("10.0.0.7"))
        daemon.stop()

    def test_the_next_daemon_removes_what_a_killed_one_left(self):
        first = self.start()
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        # The state that a daemon leaves without nftables in the kernel.
        self.honeynet.ip("rule", "add", "iif", "inside", "priority", "104", "lookup", "1040256",
                         "protocol", "104")
        self.honeynet.ip("route", "add", "blackhole", "10.0.0.0/24", "table", "1040256", "proto",
                         "104")
        second = self.start("-i", "tun:bees2", "10.9.0.0/24", answers=None)
        self.wait(lambda: "answering for" in second.log(), second)
        self.assertNotIn("104:", self.honeynet.ip("rule"))
        self.assertNotIn("blackhole", self.honeynet.ip("route", "show", "table", "all"))

    def test_a_tun_takes_no_routes_of_another(self):
        first = self.start("-i", "tun:bees3", "10.0.0.0/24", answers=None)
        self.wait(lambda: "answering for" in first.log(), first)
        second = self.second("-i", "tun:bees4", "10.0.0.128/25")
        self.assertEqual(second.process.wait(15), 1)
        self.assertIn("already answers for 10.0.0.128/25 on tun", second.log())


if __name__ == "__main__":
    lab.main()
