"""The capture: tshark reads it without errors, and its comments say what happened to packets."""

import lab

CONFIG = """
create server
set server personality "Linux 3.2 - 4.9"
set server default tcp action reset
add server tcp port 80 "sh scripts/web.sh"
add server tcp port 81 block
bind 10.0.0.5 server
"""


def shark(path, *arguments):
    """tshark's output for a file, a line per packet. It must report no errors."""
    done = lab.subprocess.run(["tshark", "-n", "-r", path, *arguments], capture_output=True,
                              text=True, timeout=60)
    complaints = [line for line in done.stderr.splitlines() if "Running as user" not in line]
    if done.returncode != 0 or complaints:
        raise AssertionError(f"tshark: {done.returncode} {complaints}")
    return done.stdout.splitlines()


class Captured(lab.LabTest):
    config = CONFIG
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.lab.copy_examples()
        cls.path = cls.lab.folder / "output" / "all.pcapng"
        cls.socket = cls.lab.folder / "control"
        cls.arguments = ("-i", "inside", "10.0.0.0/8", "--control", cls.socket,
                         "--capture", cls.path)

    def comments(self, display_filter):
        return shark(self.path, "-Y", display_filter, "-T", "fields", "-e", "frame.comment")

    def test_both_directions_and_remarks(self):
        self.attacker.run("curl", "-s", "http://10.0.0.5/")
        for port in (81, 82):
            self.attacker.run("nmap", "-n", "-Pn", "-sS", f"-p{port}", "10.0.0.5")
        self.attacker.run("ping", "-c1", "-W.3", "10.0.0.9", check=False)
        lab.wait_until(lambda: len(shark(self.path, "-Y", "icmp and ip.dst == 10.0.0.9")) == 1, 5)

        self.assertIn('server, tcp 80: service "sh scripts/web.sh"',
                      self.comments("tcp.dstport == 80"))
        self.assertIn("dropped: blocked by the template; server, tcp 81: block: no answer",
                      self.comments("tcp.dstport == 81"))
        self.assertIn("server, tcp 82: closed", self.comments("tcp.dstport == 82"))
        self.assertEqual(["dropped: no host at the address"], self.comments("icmp and ip.dst == 10.0.0.9"))
        self.assertTrue(shark(self.path, "-Y", "tcp.srcport == 82 and tcp.flags.reset == 1"))
        self.assertFalse(shark(self.path, "-Y", "tcp.checksum.status == 0 or ip.checksum.status == 0",
                               "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"))
        self.assertIn("HTTP/1", " ".join(shark(self.path, "-Y", "http")))
        names = shark(self.path, "-T", "fields", "-e", "frame.interface_name")
        self.assertEqual(set(names), {"inside"})

    def test_times_are_those_of_the_wire(self):
        """The same as a capture on the attacker's machine."""
        there = self.lab.folder / "there.pcap"
        dump = self.attacker.start("tcpdump", "-i", "outside", "-w", there, "icmp",
                                   stderr=lab.subprocess.PIPE, text=True)
        dump.stderr.readline()
        self.attacker.run("ping", "-c3", "-i.2", "10.0.0.5")
        dump.terminate()
        dump.wait()
        lab.wait_until(lambda: len(self.times("icmp.type == 0", self.path)) >= 4, 5)
        for kind in (8, 0):
            for ours, theirs in zip(self.times(f"icmp.type == {kind}", self.path)[-3:],
                                    self.times(f"icmp.type == {kind}", there)):
                self.assertLess(abs(ours - theirs), 0.05)

    @staticmethod
    def times(display_filter, path):
        return [float(at) for at in shark(path, "-Y", display_filter, "-T", "fields", "-e",
                                          "frame.time_epoch")]

    def test_rotates(self):
        self.attacker.run("ping", "-c2", "-i.2", "10.0.0.5")
        lab.run(lab.BINARY, "ctl", "--socket", self.socket, "rotate")
        old = lab.wait_until(lambda: list(self.path.parent.glob("all.pcapng.*")), 5)
        self.attacker.run("ping", "-c2", "-i.2", "10.0.0.5")
        lab.wait_until(lambda: len(shark(self.path, "-Y", "icmp")) >= 4, 5)
        self.assertTrue(shark(old[0]))


class Filtered(lab.LabTest):
    config = CONFIG
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.lab.copy_examples()
        cls.path = cls.lab.folder / "web.pcapng"
        cls.lab.folder.chmod(0o777)
        cls.arguments = ("-i", "inside", "10.0.0.0/8", "--control", "off", "--capture", cls.path,
                         "--capture-filter", "tcp port 80")

    def test_only_what_the_filter_lets_through(self):
        self.attacker.run("curl", "-s", "http://10.0.0.5/")
        lab.wait_until(lambda: len(shark(self.path)) >= 8, 5)
        self.assertGreater(len(shark(self.path, "-Y", "tcp.port == 80")), 7)
        self.assertFalse(shark(self.path, "-Y", "not tcp.port == 80"))

    def test_a_wrong_one_is_said(self):
        done = self.honeynet.run(lab.BINARY, "run", "-f", self.lab.folder / "test.conf", "-i",
                                 "inside", "198.51.100.9", "--control", "off", "--capture",
                                 self.lab.folder / "no.pcapng", "--capture-filter", "tcp prot 80",
                                 check=False, timeout=10)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--capture-filter 'tcp prot 80'", done.stdout)


if __name__ == "__main__":
    lab.main()
