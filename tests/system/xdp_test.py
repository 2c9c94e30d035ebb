"""AF_XDP: an interface that the daemon shares with this machine."""
import re
import signal
import socket
import threading

import lab

CONFIG = """create host
set host personality "Linux 4.15 - 5.6"
set host default tcp action reset
set host default icmp action open
add host tcp port 22 open
add host tcp port 80 "cat"
add host tcp port 9 internal "discard"
bind 10.0.0.5 host
"""


class XdpLab(lab.LabTest):
    """A daemon, started for each test."""
    io = "xdp"

    def setUp(self):
        self.control = self.lab.folder / "control"
        self.lab.add_file("live.conf", CONFIG)
        self.start()

    def start(self):
        self.daemon = self.lab.start_daemon("live.conf", "-i", "inside", "--io", self.io, "--control", self.control,
                                            answers="10.0.0.5")
        self.addCleanup(self.daemon.stop)

    def answers(self, address):
        return self.attacker.run("ping", "-c1", "-W0.5", address, check=False).returncode == 0

    def program(self):
        words = self.honeynet.ip("link", "show", "inside").split()
        return next((word for word in words if word in ("xdp", "xdpgeneric")), None)

    def redirected(self):
        """Frames that the program passed to the daemon, in native mode."""
        counts = self.honeynet.run("ethtool", "-S", "inside").stdout
        return sum(map(int, re.findall(r"xdp_redirect(?:s|ed)?: (\d+)", counts)))

    def find_hosts_by_real_tools(self):
        done = self.attacker.run("ping", "-c20", "-i0.02", "-W1", "10.0.0.5").stdout
        self.assertIn(" 0% packet loss", done)
        found = self.attacker.run("nmap", "-sS", "-n", "-Pn", "-p1-100", "10.0.0.5").stdout
        self.assertIn("22/tcp open", found)
        self.assertIn("80/tcp open", found)
        with self.attacker.connect("10.0.0.5", 80) as connection:
            connection.sendall(b"hello\n")
            self.assertEqual(connection.recv(100), b"hello\n")

    def talk_to_the_machine_itself(self):
        with self.honeynet.listen(2222) as server:
            def answer():
                with server.accept()[0] as connection:
                    while data := connection.recv(65_536):
                        connection.sendall(data)
            threading.Thread(target=answer, daemon=True).start()
            with self.attacker.connect("192.0.2.1", 2222) as connection:
                for _ in range(50):
                    connection.sendall(b"x" * 20_000)
                    left = 20_000
                    while left:
                        left -= len(connection.recv(left))
        self.assertTrue(self.answers("192.0.2.1"))
        self.assertEqual(self.honeynet.run("ping", "-c1", "-W1", "192.0.2.2").returncode, 0)


class Native(XdpLab):
    def test_real_tools_find_the_hosts(self):
        self.assertEqual(self.program(), "xdp")
        before = self.redirected()
        self.find_hosts_by_real_tools()
        self.assertGreater(self.redirected() - before, 120)

    def test_the_machine_keeps_its_own_conversations(self):
        self.talk_to_the_machine_itself()

    def test_a_reload_claims_another_net(self):
        self.assertFalse(self.answers("10.7.0.1"))
        self.lab.add_file("live.conf", CONFIG.replace("10.0.0.5", "10.7.0.0/16"))
        lab.run(lab.BINARY, "ctl", "--socket", self.control, "reload")
        self.assertTrue(lab.wait_until(lambda: self.answers("10.7.200.1")))
        self.assertFalse(self.answers("10.0.0.5"))
        before = self.redirected()
        self.attacker.run("ping", "-c20", "-i0.02", "-W1", "10.7.3.4")
        self.assertGreaterEqual(self.redirected() - before, 20)

    def test_the_program_ends_with_the_daemon_however_it_ends(self):
        self.daemon.process.kill()
        self.daemon.process.wait()
        self.assertTrue(lab.wait_until(lambda: self.program() is None), "it is still attached")
        self.assertTrue(self.answers("192.0.2.1"))
        self.start()
        self.assertEqual(self.program(), "xdp")
        self.daemon.stop()
        self.assertIsNone(self.program())

    def test_a_second_daemon_says_what_to_do(self):
        self.lab.add_file("other.conf", CONFIG.replace("10.0.0.5", "10.9.0.5"))
        done = self.honeynet.run(lab.BINARY, "run", "-f", self.lab.folder / "other.conf", "-i", "inside", "--io", "xdp",
                                 "--control", "off", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("use --io packet", done.stdout)

    def test_doctor_says_whether_it_can_be_had(self):
        said = self.honeynet.run(lab.BINARY, "doctor", "-i", "xdp:inside", "10.0.0.5", check=False).stdout
        self.assertRegex(said, r"ok +xdp +a daemon's program runs on inside")
        self.daemon.process.send_signal(signal.SIGTERM)
        self.daemon.process.wait()
        said = self.honeynet.run(lab.BINARY, "doctor", "-i", "xdp:inside", "10.0.0.5", check=False).stdout
        self.assertRegex(said, r"ok +xdp +AF_XDP can be used")


class Generic(XdpLab):
    io = "xdp-generic"

    def test_real_tools_find_the_hosts(self):
        self.assertEqual(self.program(), "xdpgeneric")
        self.find_hosts_by_real_tools()
        self.talk_to_the_machine_itself()


class WithOffloads(XdpLab):
    """The attacker's kernel leaves checksums and segmentation to hardware that there is not."""
    offloads = True

    def test_large_transfers(self):
        for self.io in ("xdp", "xdp-generic"):
            self.daemon.stop()
            self.start()
            with self.subTest(self.io), self.attacker.connect("10.0.0.5", 9) as connection:
                for _ in range(50):
                    connection.sendall(b"x" * 100_000)
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(20)
                self.assertEqual(connection.recv(1), b"")
                self.talk_to_the_machine_itself()


if __name__ == "__main__":
    lab.main()
