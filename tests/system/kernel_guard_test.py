"""The machine's kernel never reacts to packets for honeypots. The tests send odd packets to claimed
addresses and record all that the machine sends on any interface: only honeypots may be among the
senders."""
import ipaddress
import os
import pathlib
import signal
import socket
import struct
import time

import lab
import odd_packets

CONFIG = """
create host
set host personality "Linux 4.15 - 5.6"
set host default tcp action reset
add host tcp port 80 open
bind 10.0.0.5 host
bind 192.0.2.100 host
"""
AFTER_RELOAD = CONFIG + "bind 10.77.0.9 host\nbind 192.0.2.140 host\n"
MACHINE, VISITOR, BEHIND = "192.0.2.1", "192.0.2.2", "198.51.100.1"
BAD_OPTION = bytes([7, 2])
ETH_P_ALL = 3


class Wire:
    """Records all frames from a wire, and sends frames to it."""

    def __init__(self, machine, interface):
        with machine.inside():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
            self.socket.bind((interface, ETH_P_ALL))
            self.mac = self.socket.getsockname()[4]
        self.socket.setblocking(False)

    def send(self, frame):
        self.socket.send(frame.ljust(60, b"\0"))

    def received(self):
        while True:
            try:
                frame, address = self.socket.recvfrom(65536)
            except BlockingIOError:
                return
            if address[2] != socket.PACKET_OUTGOING:
                yield frame


def speakers(frames):
    """The senders of IPv4 and ARP in these frames."""
    found = {}
    for frame in frames:
        kind = struct.unpack("!H", frame[12:14])[0]
        if kind in (0x8100, 0x88a8):
            found.setdefault("somebody on a VLAN", frame.hex())
        elif kind == 0x0800:
            found.setdefault(socket.inet_ntoa(frame[26:30]), frame.hex())
        elif kind == 0x0806:
            found.setdefault(socket.inet_ntoa(frame[28:32]), frame.hex())
    return found


class KernelGuard(lab.LabTest):
    @classmethod
    def prepare(cls):
        cls.outer = cls.lab.add_machine("outer")  # the machine would forward packets to it
        lab.connect_wire(cls.outer, "upstream", cls.honeynet, "back")
        cls.honeynet.ip("address", "add", f"{BEHIND}/24", "dev", "back")
        cls.honeynet.ip("route", "add", "default", "via", "198.51.100.2")
        cls.outer.ip("address", "add", "198.51.100.2/24", "dev", "upstream")
        for setting in ("icmp_ratelimit=0", "icmp_msgs_per_sec=100000", "icmp_msgs_burst=100000",
                        "conf.all.rp_filter=0", "conf.inside.rp_filter=0", "conf.all.log_martians=1",
                        "conf.all.accept_source_route=1", "conf.inside.accept_source_route=1",
                        "conf.all.proxy_arp=1", "neigh.inside.proxy_delay=0"):
            cls.honeynet.run("sysctl", "-qw", f"net.ipv4.{setting}")
        cls.real_service = cls.honeynet.listen(2222)
        cls.addClassCleanup(cls.real_service.close)
        cls.wires = [Wire(cls.attacker, "outside"), Wire(cls.outer, "upstream")]
        for wire in cls.wires:
            cls.addClassCleanup(wire.socket.close)
        cls.machine_mac = bytes.fromhex(cls.honeynet.run(
            "cat", "/sys/class/net/inside/address").stdout.strip().replace(":", ""))
        # The machine has permanent neighbour entries and sends no ARP for them.
        for address, interface, wire in ((VISITOR, "inside", cls.wires[0]),
                                         ("198.51.100.2", "back", cls.wires[1])):
            cls.honeynet.ip("neighbour", "replace", address, "dev", interface, "lladdr",
                            wire.mac.hex(":"), "nud", "permanent")
        cls.attacker.ip("neighbour", "replace", MACHINE, "dev", "outside", "lladdr",
                        cls.honeynet.run("cat", "/sys/class/net/inside/address").stdout.strip(),
                        "nud", "permanent")

    def setUp(self):
        self.set_forwarding(False)
        self.addCleanup(self.stop_daemon)
        self.daemon = None

    def stop_daemon(self):
        if self.daemon is not None:
            self.daemon.stop()

    def start(self, config=CONFIG):
        self.daemon = self.lab.start_daemon(config, "-i", "inside", "10.0.0.0/8",
                                            "192.0.2.100-192.0.2.150",
                                            answers="10.0.0.5")
        self.claimed = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("192.0.2.96/27"),
                        ipaddress.ip_network("192.0.2.128/27")]

    def set_forwarding(self, on):
        self.honeynet.run("sysctl", "-qw", f"net.ipv4.ip_forward={int(on)}",
                          f"net.ipv4.conf.all.send_redirects={int(on)}")

    def frame(self, packet, to=None, tags=b"", source=None, kind=0x0800):
        return ((to or self.machine_mac) + (source or self.wires[0].mac) + tags +
                struct.pack("!H", kind) + packet)

    def say(self, frames):
        """Sends frames; returns the senders on any wire, during and after."""
        for wire in self.wires:
            list(wire.received())
        senders = {}
        for i, frame in enumerate(frames):
            self.wires[0].send(frame)
            if i % 50 == 0:
                time.sleep(0.01)
                senders |= self.received()
        time.sleep(0.3)
        return senders | self.received()

    def received(self):
        found = {}
        for wire in self.wires:
            found |= speakers(wire.received())
        return found

    def assert_silent(self, name, senders):
        """Each sender must be a honeypot; ARP probes have no sender address."""
        others = {
            who: frame for who, frame in senders.items()
            if who != "0.0.0.0" and not (who[0].isdigit() and any(
                ipaddress.ip_address(who) in net for net in self.claimed))}
        self.assertEqual(others, {}, name)

    def malformed(self, target="10.0.0.5"):
        return self.frame(odd_packets.ipv4(VISITOR, target, odd_packets.icmp(), options=BAD_OPTION))

    def test_the_list_would_show_what_the_kernel_says(self):
        """Without a daemon, the kernel answers, forwards and proxies ARP."""
        self.assertIn(MACHINE, self.say([self.malformed()]))
        self.set_forwarding(True)
        self.assertIn(VISITOR, self.say([self.frame(odd_packets.ipv4(
            VISITOR, "10.0.0.5", odd_packets.icmp()))]), "forwarded")
        self.assertIn("10.0.0.5", self.say([self.arp_request("10.0.0.5")]), "proxy ARP")

    def arp_request(self, target, to=b"\xff" * 6, operation=1):
        return self.frame(struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, operation, self.wires[0].mac,
                                      socket.inet_aton(VISITOR), bytes(6), socket.inet_aton(target)),
                          to=to, kind=0x0806)

    def odd_frames(self, target):
        for _, packet in odd_packets.odd_packets(VISITOR, MACHINE, target):
            yield self.frame(packet)
        echo = odd_packets.ipv4(VISITOR, target, odd_packets.icmp())
        bad = odd_packets.ipv4(VISITOR, target, odd_packets.icmp(), options=BAD_OPTION)
        for packet in echo, bad:
            for to in (b"\xff" * 6, bytes.fromhex("01005e000001"), bytes.fromhex("0180c2000000"),
                       bytes.fromhex("020000000077")):
                yield self.frame(packet, to=to)
            for source in b"\xff" * 6, bytes.fromhex("01005e000001"), bytes(6), self.machine_mac:
                yield self.frame(packet, source=source)
            for tags in ("81000000", "8100e000", "88a80000", "8100000081000000", "88a8000081000000",
                         "810000008100000081000000", "81000005", "8100000081000005", "88a80005"):
                yield self.frame(packet, tags=bytes.fromhex(tags))
        for operation in 1, 2, 3, 8, 0, 255:
            for to in b"\xff" * 6, self.machine_mac:
                yield self.arp_request(target, to, operation)

    def all_frames(self):
        for target in "10.0.0.5", "10.200.3.4", "192.0.2.100", "192.0.2.120":
            yield from self.odd_frames(target)

    def test_the_machine_sends_nothing(self):
        self.start()
        for forwarding in False, True:
            with self.subTest(forwarding=forwarding):
                self.set_forwarding(forwarding)
                senders = self.say(self.all_frames())
                self.assertIn("10.0.0.5", senders)
                self.assert_silent("odd packets", senders)

    def test_which_packet_it_is_that_the_machine_answers(self):
        """One by one, so that a failure names the packet."""
        self.start()
        self.set_forwarding(True)
        self.received()
        for name, packet in odd_packets.odd_packets(VISITOR, MACHINE, "10.0.0.5"):
            self.wires[0].send(self.frame(packet))
            self.assert_silent(name, self.received())
        time.sleep(0.3)
        self.assert_silent("the last ones", self.received())

    def test_follows_a_reload(self):
        self.daemon = self.lab.start_daemon(CONFIG, "-i", "inside", answers="10.0.0.5")
        self.claimed = [ipaddress.ip_network(f"{a}/32") for a in ("10.0.0.5", "192.0.2.100")]
        self.assert_silent("before", self.say([self.malformed(), self.malformed("192.0.2.100")]))
        self.assertIn(MACHINE, self.say([self.malformed("10.77.0.9")]), "not claimed yet")
        self.lab.add_file("test.conf", AFTER_RELOAD)
        self.daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(self.daemon.wait_for_log("was reloaded"), self.daemon.log())
        self.claimed += [ipaddress.ip_network(f"{a}/32") for a in ("10.77.0.9", "192.0.2.140")]
        for target in "10.0.0.5", "10.77.0.9", "192.0.2.100", "192.0.2.140":
            self.assert_silent(target, self.say([self.malformed(target)]))

    def test_a_reload_leaves_no_gap(self):
        self.start()
        self.received()
        sent = 0
        for reloads, text in enumerate((AFTER_RELOAD, CONFIG) * 3):
            self.lab.add_file("test.conf", text)
            self.daemon.process.send_signal(signal.SIGHUP)
            end = time.monotonic() + 20
            while self.daemon.log().count("was reloaded") <= reloads and time.monotonic() < end:
                for _ in range(20):
                    self.wires[0].send(self.malformed())
                    sent += 1
                    time.sleep(0.001)
            self.assert_silent("while it reloads", self.received())
        self.assertGreater(sent, 100)

    def test_the_machine_itself_is_left_alone(self):
        self.start()
        self.attacker.run("ping", "-c2", "-i0.2", MACHINE)
        self.honeynet.run("ping", "-c2", "-i0.2", VISITOR)
        self.attacker.connect(MACHINE, 2222).close()
        self.assertIn(MACHINE, self.say([self.malformed(MACHINE)]), "as before")
        self.set_forwarding(True)
        self.attacker.ip("route", "replace", "198.51.100.0/24", "via", MACHINE)
        self.outer.ip("route", "replace", "192.0.2.0/24", "via", BEHIND)
        self.attacker.run("ping", "-c2", "-i0.2", "198.51.100.2")  # it forwards packets that are not claimed
        # An address added to the machine belongs to the machine from then on.
        self.honeynet.ip("address", "add", "10.66.0.1/32", "dev", "lo")
        self.addCleanup(self.honeynet.ip, "address", "del", "10.66.0.1/32", "dev", "lo")
        self.attacker.connect("10.66.0.1", 2222).close()

    def test_vlans_of_the_machine_are_left_alone(self):
        self.start()
        for machine, interface, address in ((self.attacker, "outside", "203.0.113.2/24"),
                                            (self.honeynet, "inside", "203.0.113.1/24")):
            made = machine.run("ip", "link", "add", "link", interface, "name", "vlan5", "type", "vlan",
                               "id", "5", check=False)
            if "Unknown device type" in made.stdout:
                self.skipTest("this kernel has no VLANs")
            self.assertEqual(made.returncode, 0, made.stdout)
            machine.ip("address", "add", address, "dev", "vlan5")
            machine.ip("link", "set", "vlan5", "up")
            self.addCleanup(machine.ip, "link", "del", "vlan5")
        self.set_forwarding(True)
        self.attacker.run("ping", "-c2", "-i0.2", "203.0.113.1")
        # Addresses claimed on the untagged link are not claimed on the VLAN: there the machine forwards.
        self.attacker.ip("route", "add", "10.9.0.0/16", "via", "203.0.113.1")
        list(self.wires[1].received())
        self.attacker.run("ping", "-c1", "-W0.3", "10.9.0.1", check=False)
        self.assertIn("203.0.113.2", speakers(self.wires[1].received()))

    def test_nobody_takes_it_away(self):
        self.start()
        self.honeynet.run("nft", "flush", "ruleset")
        self.assert_silent("after nft flush ruleset", self.say([self.malformed()]))

    def test_nothing_is_left_at_the_end(self):
        self.start()
        self.assertIn("chain inside", self.honeynet.run("nft", "list", "ruleset").stdout)
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(self.honeynet.run("nft", "list", "ruleset").stdout, "")
        self.assertIn(MACHINE, self.say([self.malformed()]))

    def test_nothing_is_left_after_a_kill(self):
        self.start()
        pid = next(int(pid) for pid in self.honeynet.processes()
                   if b"apiary\0run" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(pid, signal.SIGKILL)
        self.daemon.process.wait()
        self.daemon = None
        self.assertTrue(lab.wait_until(
            lambda: self.honeynet.run("nft", "list", "ruleset").stdout == ""))
        self.assertIn(MACHINE, self.say([self.malformed()]))


if __name__ == "__main__":
    lab.main()
