"""The daemon refuses visitors with an address of the machine, or one that the machine reaches through
another interface: `proxy $ipsrc` would connect there. Addresses and routes may change while the daemon
runs."""
import threading
import time

import lab

CONFIG = """
create host
add host tcp port 80 proxy $ipsrc:8080
bind 10.0.0.5 host
bind 192.0.2.100 host
"""
HOST = "10.0.0.5"
OFFICE, OFFICE_SIDE, AFAR = "203.0.113.2", "203.0.113.1", "198.51.100.7"


class ReversePath(lab.LabTest):
    @classmethod
    def prepare(cls):
        cls.office = cls.lab.add_machine("office")
        lab.connect_wire(cls.office, "desk", cls.honeynet, "back")
        cls.office.ip("address", "add", f"{OFFICE}/24", "dev", "desk")
        cls.honeynet.ip("address", "add", f"{OFFICE_SIDE}/24", "dev", "back")
        # The attacker can take any address.
        for address in OFFICE, OFFICE_SIDE, AFAR, "203.0.113.77", "203.0.113.255", "198.18.0.1":
            cls.attacker.ip("address", "add", f"{address}/32", "dev", "lo")
        cls.honeynet.ip("address", "add", "198.18.0.1/32", "dev", "lo")

    def start(self, *arguments):
        daemon = self.lab.start_daemon(CONFIG, "-i", "inside", "10.0.0.0/8", "192.0.2.100",
                                       *arguments, answers=HOST)
        self.addCleanup(daemon.stop)
        return daemon

    def is_answered(self, source, target=HOST):
        return self.attacker.run("ping", "-n", "-c1", "-W0.5", "-I", source, target,
                                 check=False).returncode == 0

    def becomes(self, answered, source):
        return lab.wait_until(lambda: self.is_answered(source) == answered, 5)

    def route(self, *words):
        self.honeynet.ip("route", *words)

    def test_only_visitors_that_the_link_leads_to_are_answered(self):
        self.start()
        for source, answered in (("192.0.2.2", True), (AFAR, True), (OFFICE, False),
                                 ("203.0.113.77", False), ("203.0.113.255", False),
                                 (OFFICE_SIDE, False), ("198.18.0.1", False)):
            for target in HOST, "192.0.2.100":
                with self.subTest(source=source, target=target):
                    self.assertEqual(self.is_answered(source, target), answered)

    def test_proxies_lead_to_no_other_network(self):
        self.start()
        connected = []
        listeners = [self.office.listen(8080), self.honeynet.listen(8080), self.attacker.listen(8080)]
        for name, listener in zip(("office", "machine", "attacker"), listeners):
            self.addCleanup(listener.close)
            listener.settimeout(4)

            def accept(name=name, listener=listener):
                try:
                    listener.accept()[0].close()
                    connected.append(name)
                except TimeoutError:
                    pass
            thread = threading.Thread(target=accept)
            thread.start()
            self.addCleanup(thread.join)
        for source in OFFICE, OFFICE_SIDE, "198.18.0.1", "192.0.2.2":
            self.attacker.run("nc", "-w1", "-s", source, HOST, "80", check=False, input="hello\n")
        self.assertTrue(lab.wait_until(lambda: "attacker" in connected), "the proxy connects to the visitor")
        self.assertEqual(connected, ["attacker"])

    def test_routes_and_addresses_are_followed(self):
        daemon = self.start()
        self.assertTrue(self.is_answered(AFAR), "no route to it")
        self.route("add", "198.51.100.0/24", "via", OFFICE)
        self.assertTrue(self.becomes(False, AFAR), "a route through another interface")
        self.route("add", f"{AFAR}/32", "via", "192.0.2.2")
        self.assertTrue(self.becomes(True, AFAR), "a longer prefix through this one")
        self.route("del", f"{AFAR}/32", "via", "192.0.2.2")
        self.assertTrue(self.becomes(False, AFAR))
        self.route("add", "198.51.100.0/24", "via", "192.0.2.2", "metric", "5")
        self.assertTrue(self.is_answered(AFAR) is False, "a route with a worse metric")
        self.honeynet.ip("link", "set", "back", "down")  # the kernel reports no removal of its routes
        self.assertTrue(self.becomes(True, AFAR))
        self.assertTrue(self.is_answered(AFAR))
        self.honeynet.ip("link", "set", "back", "up")
        self.route("del", "198.51.100.0/24", "via", "192.0.2.2")

        self.honeynet.ip("address", "add", f"{AFAR}/32", "dev", "lo")
        self.assertTrue(self.becomes(False, AFAR), "now the machine's own")
        self.honeynet.ip("address", "del", f"{AFAR}/32", "dev", "lo")
        self.assertTrue(self.becomes(True, AFAR))

        self.route("add", "default", "via", OFFICE)
        self.assertTrue(self.becomes(False, AFAR))
        self.assertTrue(daemon.wait_for_log("visitors from other networks get no answer on inside"),
                        daemon.log())
        self.assertTrue(self.is_answered("192.0.2.2"))
        self.route("replace", "default", "nexthop", "via", OFFICE, "dev", "back", "nexthop", "via",
                   "192.0.2.2", "dev", "inside")
        self.assertTrue(self.becomes(True, AFAR), "one of two paths")
        self.route("del", "default")

    def test_routing_rules_are_followed(self):
        self.start()
        self.route("add", "198.51.100.0/24", "via", OFFICE, "table", "77")
        self.assertTrue(self.is_answered(AFAR), "no rule uses that table")

        def rule(*words):
            self.honeynet.ip("rule", *words, "lookup", "77", "priority", "1000")

        for words in ((), ("to", "198.51.100.0/28"), ("not", "fwmark", "5"), ("suppress_prefixlength", "0")):
            with self.subTest(words=words):
                rule("add", *words)
                self.assertTrue(self.becomes(False, AFAR), "packets to it now leave through the office")
                rule("del", *words)
                self.assertTrue(self.becomes(True, AFAR))
        for words in (("to", "198.51.100.8/29"), ("fwmark", "5"), ("iif", "back"), ("from", "203.0.113.1"),
                      ("suppress_prefixlength", "24")):
            with self.subTest(words=words):
                rule("add", *words)
                time.sleep(0.5)
                self.assertTrue(self.is_answered(AFAR), "the rule does not apply to the machine's own packets")
                rule("del", *words)

    def test_allow_asymmetric(self):
        self.route("add", "default", "via", OFFICE)
        self.addCleanup(self.route, "del", "default")
        daemon = self.start("--allow-asymmetric")
        self.assertNotIn("visitors from other networks", daemon.log())
        self.assertTrue(self.is_answered(AFAR))
        self.assertTrue(self.is_answered(OFFICE))
        for own in OFFICE_SIDE, "198.18.0.1":
            self.assertFalse(self.is_answered(own), "never the machine's own")

    def test_what_is_refused_is_counted(self):
        daemon = self.start()
        self.assertFalse(self.is_answered(OFFICE))
        self.assertFalse(self.is_answered(OFFICE_SIDE))
        daemon.stop()
        self.assertIn("1 dropped: source that this machine reaches by another interface", daemon.log())
        self.assertIn("1 dropped: source address that must not be answered", daemon.log())


if __name__ == "__main__":
    lab.main()
