"""GRE tunnels: one virtual network over two sites, and a peer other than Apiary."""
import contextlib
import socket
import struct
import threading

import lab

HERE = """\
create default
set default default tcp action reset
create web
add web tcp port 80 "cat"
bind 10.1.0.5 web
route entry 10.0.0.1 network 10.0.0.0/8
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 10ms
route 10.0.0.1 add net 10.2.0.0/16 10.2.0.1 latency 20ms
route 10.1.0.1 link 10.1.0.0/24
route 10.2.0.1 add net 10.2.0.0/16 tunnel 198.51.100.1 198.51.100.2{options}
"""
THERE = """\
create web
set web personality "Linux 3.2 - 4.9"
set web default tcp action reset
add web tcp port 80 "cat"
bind 10.2.1.5 web
route entry 10.2.1.1 network 10.2.0.0/16
route 10.2.1.1 link 10.2.1.0/24
route 10.2.1.1 add net 0.0.0.0/0 tunnel 198.51.100.2 198.51.100.1{options}
"""


def make_sites():
    """A lab whose honeynet has a wire (198.51.100.0/24) to a second site."""
    sites = lab.Lab()
    sites.there = sites.add_machine("there")
    lab.connect_wire(sites.honeynet, "far", sites.there, "near")
    sites.honeynet.ip("address", "add", "198.51.100.1/24", "dev", "far")
    sites.there.ip("address", "add", "198.51.100.2/24", "dev", "near")
    return sites


def start_there(sites, options=""):
    sites.add_file("there.conf", THERE.format(options=options))
    daemon = lab.Daemon(sites.there, sites.folder, "-i", "near", "-f", "there.conf",
                        "--control", "off")
    sites.daemons.append(daemon)
    if not daemon.wait_for_log("answering for"):
        raise AssertionError(daemon.log())
    return daemon


class TwoSites(lab.LabTest):
    config = HERE.format(options="")
    answers = "10.0.0.1"

    @classmethod
    def setUpClass(cls):
        cls.lab = make_sites()
        cls.addClassCleanup(cls.lab.remove)
        cls.attacker = cls.lab.attacker
        cls.daemon = cls.lab.start_daemon(cls.config, *cls.arguments, answers=cls.answers)
        cls.there = start_there(cls.lab)

    def test_ping_takes_the_way_of_both_sites(self):
        said = self.attacker.run("ping", "-n", "-c3", "-i0.2", "10.2.1.5").stdout
        self.assertIn("ttl=61", said, "64 less the routers 10.0.0.1, 10.2.0.1 and 10.2.1.1")
        times = [float(line.split("time=")[1].split()[0])
                 for line in said.splitlines() if "time=" in line]
        self.assertGreater(lab.median(times), 40)
        self.assertLess(lab.median(times), 60)

    def test_large_pings_are_cut_for_the_tunnel(self):
        for size in ("1472", "8000", "65000"):
            self.attacker.run("ping", "-n", "-c1", "-W5", "-Mdont", "-s", size, "10.2.1.5")

    def test_traceroute_shows_one_network(self):
        said = self.attacker.run("traceroute", "-n", "-q1", "-w2", "-I", "10.2.1.5").stdout
        hops = [line.split()[1] for line in said.splitlines()[1:]]
        self.assertEqual(hops, ["10.0.0.1", "10.2.0.1", "10.2.1.1", "10.2.1.5"])

    def test_a_narrow_tunnel_reports_its_mtu(self):
        said = self.attacker.run("ping", "-n", "-c1", "-W2", "-Mdo", "-s", "1472", "10.2.1.5",
                                 check=False).stdout
        self.assertRegex(said, r"10.2.0.1 .*mtu ?= ?1476")

    def test_conversations_pass(self):
        with self.attacker.connect("10.2.1.5", 80) as connection:
            sent = bytes(range(256)) * 2000
            sender = threading.Thread(target=lambda: (connection.sendall(sent),
                                                      connection.shutdown(socket.SHUT_WR)))
            sender.start()
            self.assertEqual(lab.read_all(connection), sent)
            sender.join()

    def test_closed_ports_are_closed(self):
        with self.assertRaises(ConnectionRefusedError):
            self.attacker.connect("10.2.1.5", 81)

    def test_what_nobody_asked_for_does_not_come_out(self):
        """The far end can neither send to third parties through us nor use sources that are not behind
        it."""
        self.attacker.run("ping", "-n", "-c1", "10.2.1.5")
        with self.attacker.inside():
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
        with wire, gre_peer(self.lab.there) as peer:
            for source, destination, mark in (("10.2.1.9", "192.0.2.77", b"elsewhere"),
                                              ("10.9.9.9", "192.0.2.2", b"impostor"),
                                              ("10.2.1.9", "192.0.2.2", b"welcome")):
                peer.send(struct.pack("!HH", 0, 0x0800) +
                          udp_datagram(source, destination, payload=mark))
            wire.settimeout(5)
            seen = b""
            while b"welcome" not in seen:
                seen += wire.recv(2000)
        self.assertNotIn(b"elsewhere", seen)
        self.assertNotIn(b"impostor", seen)


class AnotherPeer(lab.LabTest):
    """With another implementation at the far end, the fields of RFC 2890 and a checksum."""

    answers = "10.0.0.1"
    config = HERE.format(options=" key 7 checksum")

    @classmethod
    def setUpClass(cls):
        cls.lab = make_sites()
        cls.addClassCleanup(cls.lab.remove)
        cls.attacker = cls.lab.attacker
        cls.daemon = cls.lab.start_daemon(cls.config, *cls.arguments, answers=cls.answers)

    def test_it_gets_what_the_standard_says_and_its_answer_passes(self):
        with gre_peer(self.lab.there) as peer, self.attacker.udp("10.2.3.4", 9) as visitor:
            visitor.send(b"question")
            packet = peer.recv(2000)
            gre = packet[20:]
            flags, protocol, checksum, reserved, key = struct.unpack("!HHHHI", gre[:12])
            self.assertEqual((flags, protocol, reserved, key), (0xa000, 0x0800, 0, 7))
            self.assertEqual(internet_checksum(gre), 0)
            inner = gre[12:]
            self.assertEqual(inner[8], 64 - 2, "the TTL after two routers")
            self.assertEqual(internet_checksum(inner[:20]), 0)
            self.assertEqual(inner[28:], b"question")

            source, destination = struct.unpack("!HH", inner[20:24])
            answer = udp_datagram("10.2.3.4", "192.0.2.2", destination, source, b"answer")
            for header, passes in ((struct.pack("!HHI", 0x2000, 0x0800, 8), False),
                                   (struct.pack("!HH", 0, 0x0800), False),
                                   (struct.pack("!HHII", 0x3000, 0x0800, 7, 1), True)):
                peer.send(header + answer)
                visitor.settimeout(5 if passes else 0.3)
                if passes:
                    self.assertEqual(visitor.recv(100), b"answer")
                else:
                    self.assertRaises(TimeoutError, visitor.recv, 100)


class WrongTunnels(lab.LabTest):
    def test_a_tunnel_begins_at_an_address_of_the_machine(self):
        self.lab.add_file("wrong.conf", HERE.format(options="").replace("198.51.100.1 ",
                                                                        "203.0.113.1 "))
        done = self.honeynet.run(lab.BINARY, "run", "-i", "inside", "-f",
                                 self.lab.folder / "wrong.conf", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("203.0.113.1 is none: add it to an interface", done.stdout)


@contextlib.contextmanager
def gre_peer(machine):
    """A raw socket of the far end."""
    with machine.inside():
        peer = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_GRE)
    with peer:
        peer.settimeout(5)
        peer.connect(("198.51.100.1", 0))
        yield peer


def internet_checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def udp_datagram(source, destination, source_port=9, destination_port=9, payload=b"x"):
    udp = struct.pack("!HHHH", source_port, destination_port, 8 + len(payload), 0) + payload
    header = bytearray(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0,
                                   socket.inet_aton(source), socket.inet_aton(destination)))
    header[10:12] = struct.pack("!H", internet_checksum(bytes(header)))
    return bytes(header) + udp


if __name__ == "__main__":
    lab.main()
