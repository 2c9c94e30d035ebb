"""Interfaces disappear and return; addresses and MTUs change."""
import json
import os
import re
import signal
import socket
import time

import lab
from interface_lab import CONFIG, EVENTS, Interfaces


class GoneAndBack(Interfaces):
    def web(self, path):
        return self.honeynet.run("curl", "-s", "-w", "\n%{http_code}",
                                 f"http://127.0.0.1:8080{path}", check=False).stdout

    def test_an_interface_is_removed_and_made_again(self):
        self.honeynet.shell("echo 1 > /proc/sys/net/ipv4/ip_forward")
        events = self.lab.folder / EVENTS
        token = self.lab.add_file("token", lab.TOKEN, 0o600)
        daemon = self.start("--web", "127.0.0.1:8080", "--web-token", token, "--events", events, *self.arguments)
        self.assertEqual(self.interface("inside")["state"], "up")
        self.assertTrue(self.web("/readyz").endswith("200"))
        for round_number in range(1, 4):
            self.honeynet.ip("link", "del", "inside")
            self.wait(lambda: daemon.log().count("inside is gone") == round_number, daemon)
            self.assertEqual(self.interface("inside")["state"], "gone")
            ready = self.web("/readyz")
            self.assertIn("interface inside: gone", ready)
            self.assertTrue(ready.endswith("503"), ready)
            self.assertIn('apiary_interface_up{interface="inside"} 0', self.web("/metrics"))
            self.make_wire()
            self.wait(lambda: daemon.log().count("inside is back") >= round_number, daemon)
            self.wait(self.answers, daemon)
            with self.attacker.connect("10.0.0.5", 7) as connection:
                connection.sendall(b"hello")
                self.assertEqual(connection.recv(100), b"hello")
            self.wait(lambda: self.interface("inside")["state"] == "up", daemon)
            self.assertTrue(self.web("/readyz").endswith("200"))
        # Only the daemon answers: packets are still kept from the kernel, which forwards.
        said = self.attacker.run("ping", "-c2", "-i0.2", "-W1", "10.0.0.99", check=False).stdout
        self.assertNotIn("From 192.0.2.1", said)
        self.assertEqual(daemon.stop(), 0)
        texts = [json.loads(line) for line in events.read_text().splitlines()]
        kinds = [(line["apiary"]["daemon"], line["message"]) for line in texts
                 if "daemon" in line.get("apiary", {})]
        self.assertTrue(any("trouble" in str(kind) and "inside is gone" in text
                            for kind, text in kinds), kinds)
        self.assertTrue(any("recovery" in str(kind) and re.search("inside is (back|up again)", text)
                            for kind, text in kinds), kinds)
        self.assertNotIn("104:", self.honeynet.ip("rule"))

    def test_an_interface_goes_down_and_up(self):
        daemon = self.start()
        self.honeynet.ip("link", "set", "inside", "down")
        self.wait(lambda: "inside is down" in daemon.log(), daemon)
        self.assertEqual(self.interface("inside")["state"], "down")
        self.honeynet.ip("link", "set", "inside", "up")
        self.wait(lambda: "inside is up again" in daemon.log(), daemon)
        self.attacker.ip("route", "replace", "10.0.0.0/8", "via", "192.0.2.1")
        self.wait(self.answers, daemon)
        self.attacker.ip("link", "set", "outside", "down")
        self.wait(lambda: "inside has no link" in daemon.log(), daemon)
        self.attacker.ip("link", "set", "outside", "up")
        self.attacker.ip("route", "replace", "10.0.0.0/8", "via", "192.0.2.1")
        self.wait(self.answers, daemon)

    def test_a_renamed_interface_is_left_alone(self):
        daemon = self.start()
        for command in (("down",), ("name", "other"), ("up",)):
            self.honeynet.ip("link", "set", "inside" if command != ("up",) else "other", *command)
        self.attacker.ip("route", "replace", "10.0.0.0/8", "via", "192.0.2.1")
        self.wait(lambda: "inside is gone" in daemon.log(), daemon)
        self.assertFalse(self.answers())
        for command in (("down",), ("name", "inside")):
            self.honeynet.ip("link", "set", "other", *command)
        self.honeynet.ip("link", "set", "inside", "up")
        self.honeynet.ip("address", "replace", "192.0.2.1/24", "dev", "inside")
        self.wait(lambda: "inside is back" in daemon.log(), daemon)
        self.wait(self.answers, daemon)

    def test_another_mac_address(self):
        daemon = self.start()
        self.honeynet.ip("link", "set", "inside", "down")
        self.honeynet.ip("link", "set", "inside", "address", "02:00:00:00:12:34")
        self.honeynet.ip("link", "set", "inside", "up")
        self.wait(lambda: "02:00:00:00:12:34" in daemon.log(), daemon)
        self.attacker.ip("neighbour", "flush", "all")
        self.wait(self.answers, daemon)

    def test_a_tun_interface_is_made_again(self):
        daemon = self.start("-i", "tun:bees0", "10.0.0.0/24", answers=None)
        here = lambda: self.honeynet.run("ping", "-c1", "-W1", "10.0.0.5", check=False)
        self.wait(lambda: here().returncode == 0, daemon)
        for round_number in range(1, 3):
            self.honeynet.ip("link", "del", "bees0")
            self.wait(lambda: daemon.log().count("bees0 is back") == round_number, daemon)
            self.wait(lambda: here().returncode == 0, daemon)
        self.honeynet.ip("link", "set", "bees0", "down")
        self.wait(lambda: "bees0 is down" in daemon.log(), daemon)
        self.honeynet.ip("link", "set", "bees0", "up")
        self.wait(lambda: here().returncode == 0, daemon)
        # One system call: the daemon may see down and up together.
        self.honeynet.shell("for i in 1 2 3; do ip link set bees0 down; ip link set bees0 up; done")
        self.wait(lambda: here().returncode == 0, daemon)
        self.assertLess(self.share_of_a_core(daemon), 0.3, "it waits and does not spin")

    def test_nothing_spins_while_an_interface_is_gone(self):
        daemon = self.start("-i", "inside", "-i", "tun:bees1", "10.0.0.0/24")
        self.honeynet.ip("link", "del", "inside")
        self.wait(lambda: "inside is gone" in daemon.log(), daemon)
        self.assertLess(self.share_of_a_core(daemon), 0.3)
        self.make_wire()

    def share_of_a_core(self, daemon):
        def used():
            with open(f"/proc/{daemon.process.pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

        before = used()
        time.sleep(2)
        return (used() - before) / 2

    def test_the_near_end_of_a_tunnel(self):
        self.honeynet.ip("address", "add", "198.51.100.1/24", "dev", "inside")
        config = CONFIG + """route entry 10.0.0.1 network 10.0.0.0/8
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.2.0.0/16 tunnel 198.51.100.1 198.51.100.2
"""
        daemon = self.start(*self.arguments, config=config)
        tunnel = "gre:198.51.100.1-198.51.100.2"
        self.assertEqual(self.interface(tunnel)["mtu"], 1476)
        self.honeynet.ip("address", "del", "198.51.100.1/24", "dev", "inside")
        self.wait(lambda: f"{tunnel} is gone" in daemon.log(), daemon)
        self.honeynet.ip("link", "set", "inside", "mtu", "1400")
        self.honeynet.ip("address", "add", "198.51.100.1/24", "dev", "inside")
        self.wait(lambda: f"{tunnel} is back" in daemon.log(), daemon)
        self.assertEqual(self.interface(tunnel)["mtu"], 1376)
        self.honeynet.ip("address", "del", "198.51.100.1/24", "dev", "inside")
        self.honeynet.ip("link", "set", "inside", "mtu", "1500")

    def test_the_interface_of_a_real_machine(self):
        inner = self.lab.add_machine("inner")

        def make_inner_wire():
            lab.connect_wire(self.honeynet, "yard", inner, "eth0")
            inner.ip("address", "add", "10.0.0.77/24", "dev", "eth0")
            inner.ip("route", "add", "default", "via", "10.0.0.1")

        make_inner_wire()
        config = CONFIG + """route entry 10.0.0.1 network 10.0.0.0/24
route 10.0.0.1 link 10.0.0.0/24
bind 10.0.0.77 to yard
"""
        daemon = self.start(*self.arguments, config=config)
        self.wait(lambda: self.answers("10.0.0.77"), daemon)
        self.honeynet.ip("link", "del", "yard")
        self.wait(lambda: "yard is gone" in daemon.log(), daemon)
        make_inner_wire()
        self.wait(lambda: self.answers("10.0.0.77"), daemon)

    def test_exit_if_gone(self):
        daemon = self.start("--exit-if-gone", *self.arguments)
        self.honeynet.ip("link", "del", "inside")
        self.assertEqual(daemon.process.wait(10), 1)
        self.assertIn("inside is gone", daemon.log())
        self.assertIn("--exit-if-gone", daemon.log())
        self.assertNotIn("104:", self.honeynet.ip("rule"))
        self.make_wire()


class Addresses(Interfaces):
    def test_the_machine_gets_an_address_that_is_claimed(self):
        daemon = self.start()
        with self.attacker.connect("10.0.0.5", 7) as connection:
            connection.sendall(b"hello")
            self.assertEqual(connection.recv(100), b"hello")
            self.honeynet.ip("address", "add", "10.0.0.5/32", "dev", "inside")
            self.wait(lambda: "no longer answering for 10.0.0.5" in daemon.log(), daemon)
        said = self.attacker.run("ping", "-c3", "-i0.2", "10.0.0.5").stdout
        self.assertNotIn("DUP", said)
        self.assertIn("ttl=64", said)
        with self.honeynet.listen(7) as server:  # the machine's own service, without resets
            with self.attacker.connect("10.0.0.5", 7) as connection:
                ours, _ = server.accept()
                ours.sendall(b"the machine")
                self.assertEqual(connection.recv(100), b"the machine")
                ours.close()
        self.assertTrue(self.answers("10.0.0.6"))
        self.assertIn("(255 addresses)", self.ctl("status"))
        # A reload does not claim it again.
        self.ctl("reload")
        self.assertNotIn("DUP", self.attacker.run("ping", "-c2", "-i0.2", "10.0.0.5").stdout)
        self.honeynet.ip("address", "del", "10.0.0.5/32", "dev", "inside")
        self.wait(lambda: "answering for 10.0.0.5 again" in daemon.log(), daemon)
        self.wait(self.answers, daemon)
        self.assertIn("(256 addresses)", self.ctl("status"))

    def test_so_do_network_and_broadcast_addresses(self):
        daemon = self.start()
        self.honeynet.ip("address", "add", "10.0.0.9/29", "brd", "+", "dev", "lo")
        # For an address on the loopback interface, the kernel treats the whole network as its own.
        self.wait(lambda: "no longer answering for 10.0.0.8/29" in daemon.log(), daemon)
        self.honeynet.ip("address", "del", "10.0.0.9/29", "dev", "lo")
        self.wait(lambda: "answering for 10.0.0.8/29 again" in daemon.log(), daemon)
        self.honeynet.ip("address", "add", "10.0.0.9/29", "brd", "+", "dev", "inside")
        self.wait(lambda: "10.0.0.8/31, 10.0.0.15" in daemon.log(), daemon)
        self.honeynet.ip("address", "del", "10.0.0.9/29", "dev", "inside")
        self.wait(lambda: "(256 addresses)" in self.ctl("status"), daemon)

    def test_a_route_makes_addresses_the_machines(self):
        """With `ip route add local`, the kernel answers for the whole prefix."""
        daemon = self.start()
        route = ("local", "10.0.0.4/30", "dev", "lo")
        self.honeynet.ip("route", "add", *route)
        self.wait(lambda: "no longer answering for 10.0.0.4/30" in daemon.log(), daemon)
        self.assertNotIn("DUP", self.attacker.run("ping", "-c3", "-i0.2", "10.0.0.5").stdout)
        self.assertIn("(252 addresses)", self.ctl("status"))
        self.honeynet.ip("route", "del", *route)
        self.wait(lambda: "answering for 10.0.0.4/30 again" in daemon.log(), daemon)
        self.wait(self.answers, daemon)
        self.honeynet.ip("route", "add", *route)
        self.addCleanup(self.honeynet.ip, "route", "del", *route)
        daemon.stop()
        again = self.start(answers=None)
        self.wait(lambda: "10.0.0.4/30 is this machine's own (lo): not claimed" in again.log(), again)

    def test_many_at_once(self):
        """More messages than the netlink socket holds: the daemon misses no change."""
        daemon = self.start()
        adds = "\n".join(f"address add 10.0.0.{i}/32 dev lo" for i in range(10, 210))
        self.lab.add_file("adds", adds)
        self.honeynet.run("ip", "-batch", self.lab.folder / "adds")
        self.wait(lambda: "(56 addresses)" in self.ctl("status"), daemon)
        self.lab.add_file("adds", adds.replace("add ", "del ").replace("address del", "address del"))
        self.honeynet.run("ip", "-batch", self.lab.folder / "adds")
        self.wait(lambda: "(256 addresses)" in self.ctl("status"), daemon)


class Mtu(Interfaces):
    def tearDown(self):
        self.honeynet.ip("link", "set", "inside", "mtu", "1500")
        self.attacker.ip("link", "set", "outside", "mtu", "1500")

    def test_large_answers_follow_it(self):
        daemon = self.start()
        with self.attacker.connect("10.0.0.5", 9) as old:
            self.assertEqual(len(self.read(old, 200_000)), 200_000)
            for mtu in (1200, 700, 1500):
                self.attacker.ip("link", "set", "outside", "mtu", str(mtu))
                self.honeynet.ip("link", "set", "inside", "mtu", str(mtu))
                self.wait(lambda: f"is now {mtu} bytes" in daemon.log(), daemon)
                self.assertEqual(self.interface("inside")["mtu"], mtu)
                # ICMP with fragments, and a new conversation.
                self.attacker.run("ping", "-c1", "-W2", "-s", "4000", "10.0.0.5")
                with self.attacker.connect("10.0.0.5", 9) as connection:
                    self.assertEqual(len(self.read(connection, 200_000)), 200_000)
                    mss = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
                    self.assertLessEqual(mss, mtu - 40)
                if mtu == 700:  # a conversation that was open at the change
                    old.sendall(b"again\n")
                    self.assertEqual(len(self.read(old, 200_000)), 200_000)
        self.assertEqual(self.interface("inside")["refused_packets"], 0)

    def read(self, connection, size):
        connection.settimeout(10)
        parts = b""
        while len(parts) < size:
            part = connection.recv(size - len(parts))
            if not part:
                break
            parts += part
        return parts


class TheEnd(Interfaces):
    def test_it_does_not_wait_for_a_reload(self):
        daemon = self.start("-i", "inside", config=CONFIG)
        lines = [CONFIG] + [f"bind 10.{a}.{b}.{c} host" for a in range(1, 5) for b in range(250)
                            for c in range(1, 251)]
        self.lab.add_file("test.conf", "\n".join(lines))
        daemon.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        begun = time.monotonic()
        self.assertEqual(daemon.stop(), 0)
        self.assertLess(time.monotonic() - begun, 3)
        self.assertNotIn("104:", self.honeynet.ip("rule"))
        self.assertEqual(list(self.honeynet.processes()), [])


if __name__ == "__main__":
    lab.main()
