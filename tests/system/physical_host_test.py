"""Real machines inside the virtual network: `bind ADDRESS to INTERFACE`."""
import socket
import threading

import lab

CONFIG = """\
create web
set web default tcp action reset
add web tcp port 80 "cat"
bind 10.1.0.9 web
bind 10.1.0.5 to yard
route entry 10.0.0.1 network 10.0.0.0/8
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 20ms
route 10.1.0.1 link 10.1.0.0/24
"""


class PhysicalHost(lab.LabTest):
    @classmethod
    def setUpClass(cls):
        cls.lab = lab.Lab()
        cls.addClassCleanup(cls.lab.remove)
        cls.attacker, cls.honeynet = cls.lab.attacker, cls.lab.honeynet
        cls.real = cls.lab.add_machine("real")
        lab.connect_wire(cls.honeynet, "yard", cls.real, "eth0")
        cls.real.ip("address", "add", "10.1.0.5/24", "dev", "eth0")
        cls.real.ip("route", "add", "default", "via", "10.1.0.1")
        # The kernel between them forwards, and would forward these packets, too.
        cls.honeynet.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        cls.daemon = cls.lab.start_daemon(CONFIG, *cls.arguments, answers="10.0.0.1")

    def test_it_answers_pings_over_the_virtual_way(self):
        said = self.attacker.run("ping", "-n", "-c4", "-i0.2", "10.1.0.5").stdout
        self.assertIn(" 0% packet loss", said, "including the first, which waits for ARP")
        self.assertIn("ttl=62", said, "64 less two routers")
        times = [float(line.split("time=")[1].split()[0])
                 for line in said.splitlines() if "time=" in line]
        self.assertGreater(lab.median(times), 40)
        self.assertLess(lab.median(times), 60)

    def test_traceroute_passes_the_routers(self):
        said = self.attacker.run("traceroute", "-n", "-q1", "-w2", "-I", "10.1.0.5").stdout
        hops = [line.split()[1] for line in said.splitlines()[1:]]
        self.assertEqual(hops, ["10.0.0.1", "10.1.0.1", "10.1.0.5"])

    def test_its_services_are_reached(self):
        listener = self.real.listen(7777)

        def echo():
            served, _ = listener.accept()
            with served:
                served.sendall(lab.read_all(served))
        server = threading.Thread(target=echo)
        server.start()
        sent = bytes(range(256)) * 2000
        with self.attacker.connect("10.1.0.5", 7777) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            self.assertEqual(lab.read_all(connection), sent)
        server.join()
        listener.close()
        with self.assertRaises(ConnectionRefusedError):
            self.attacker.connect("10.1.0.5", 7778)

    def test_it_meets_the_hosts(self):
        self.real.run("ping", "-n", "-c1", "-W3", "10.1.0.9")
        with self.real.connect("10.1.0.9", 80) as connection:
            connection.sendall(b"hello")
            self.assertEqual(connection.recv(10), b"hello")
        self.assertNotIn("has 10.1.0.5", self.daemon.log(), "no conflict of addresses")

    def test_it_reaches_nobody_else(self):
        with self.attacker.inside():
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
        with wire:
            lost = self.real.run("ping", "-n", "-c1", "-W1", "192.0.2.77", check=False)
            self.assertNotEqual(lost.returncode, 0)
            wire.settimeout(0.3)
            while True:
                try:
                    frame = wire.recv(2000)
                except TimeoutError:
                    break
                self.assertNotEqual(frame[26:30], socket.inet_aton("10.1.0.5"))


class WrongInterface(lab.LabTest):
    def test_it_is_no_interface_of_the_outside(self):
        self.lab.add_file("wrong.conf", CONFIG.replace("yard", "inside"))
        done = self.honeynet.run(lab.BINARY, "run", "-i", "inside", "-f",
                                 self.lab.folder / "wrong.conf", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("inside is used both with -i and for `bind ADDRESS to", done.stdout)


if __name__ == "__main__":
    lab.main()
