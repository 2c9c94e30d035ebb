"""The daemon as a program: its start, what it refuses, and its end."""
import signal
import struct
import unittest

import lab

CONFIG = """
create host
set host default tcp action reset
add host tcp port 13 "sleep 1000"
bind 10.0.0.5 host
"""

BROKEN = """create host
set host personality "No Such System 7.x"
add host tcp prot 80 open
bind 10.0.0.300 host
"""


def without_privilege(*command):
    return lab.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command,
                   check=False, cwd="/")


class Ends(lab.LabTest):
    def test_cleanly_by_signals_with_nothing_left(self):
        for by in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(by.name):
                rules, routes = self.honeynet.ip("rule"), self.honeynet.ip("-4", "route", "show", "table", "all")
                daemon = self.lab.start_daemon(CONFIG, "-i", "inside", "10.0.0.0/8", answers="10.0.0.5")
                with self.attacker.connect("10.0.0.5", 13):
                    self.assertTrue(lab.wait_until(lambda: len(self.honeynet.processes()) > 1))
                    self.assertEqual(daemon.stop(by), 0)
                self.assertTrue(lab.wait_until(lambda: not self.honeynet.processes()))
                self.assertEqual(self.honeynet.ip("rule"), rules)
                self.assertEqual(self.honeynet.ip("-4", "route", "show", "table", "all"), routes)

    def test_a_crash_is_cleaned_up_by_the_next_start(self):
        routes = self.honeynet.ip("-4", "route", "show", "table", "all")
        self.lab.start_daemon(CONFIG, "-i", "inside", "10.0.0.0/8", answers="10.0.0.5").stop(
            signal.SIGKILL)
        self.assertTrue(lab.wait_until(lambda: not self.honeynet.processes()))  # the services, too
        daemon = self.lab.start_daemon(CONFIG, "-i", "inside", "10.0.0.0/16", answers="10.0.0.5")
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.honeynet.ip("-4", "route", "show", "table", "all"), routes)

    def test_without_a_net_it_claims_what_the_configuration_binds(self):
        daemon = self.lab.start_daemon(CONFIG, "-i", "inside", answers="10.0.0.5")
        self.assertEqual(daemon.stop(), 0)


class Refuses(lab.LabTest):
    def refusal(self, *arguments):
        done = self.honeynet.run(lab.BINARY, *arguments, check=False, timeout=10)
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stdout

    def test_an_interface_that_is_not_there(self):
        config = self.lab.add_file("good.conf", CONFIG)
        said = self.refusal("run", "-f", config, "-i", "eth77", "10.0.0.0/8")
        self.assertIn("eth77", said)
        self.assertIn("inside", said)  # existing interfaces

    def test_a_configuration_with_errors(self):
        config = self.lab.add_file("broken.conf", BROKEN)
        for command in (("check", config), ("run", "-f", config, "-i", "inside", "10.0.0.0/8")):
            with self.subTest(command[0]):
                said = self.refusal(*command)
                for place in (":2:", ":3:", ":4:"):
                    self.assertIn(place, said)

    def test_a_configuration_that_is_not_there(self):
        self.assertIn("/no/such.conf", self.refusal("check", "/no/such.conf"))


class WithoutPrivilege(lab.LabTest):
    def test_check_works(self):
        good, broken = self.lab.add_file("good.conf", CONFIG), self.lab.add_file("broken.conf", BROKEN)
        binary = self.binary_for_everybody()
        self.assertEqual(without_privilege(binary, "check", good).returncode, 0)
        self.assertEqual(without_privilege(binary, "check", broken).returncode, 1)

    def test_run_says_what_it_needs(self):
        good = self.lab.add_file("good.conf", CONFIG)
        done = without_privilege(self.binary_for_everybody(), "run", "-f", good, "-i", "lo", "10.0.0.0/8")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout, "root|CAP_NET_RAW|not an Ethernet interface")

    def binary_for_everybody(self):
        binary = self.lab.folder / "apiary"  # the clone may be in root's home
        lab.shutil.copy(lab.BINARY, binary)
        binary.chmod(0o755)
        return binary


def read_capture(path):
    """The frames of a pcap file."""
    data = path.read_bytes()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at, frames = 24, []
    while at + 16 <= len(data):
        _, _, size, _ = struct.unpack(order + "IIII", data[at:at + 16])
        frames.append(data[at + 16:at + 16 + size])
        at += 16 + size
    return frames


class Replay(lab.LabTest):
    config = CONFIG
    answers = "10.0.0.5"

    def test_gives_the_answers_of_the_daemon_and_always_the_same(self):
        recorded = self.lab.folder / "in.pcap"
        # Outgoing frames only: the attacker's requests.
        capture = self.attacker.start("tcpdump", "-U", "-i", "outside", "-Q", "out", "-w", recorded,
                                      "-Z", "root", "icmp or tcp", stderr=lab.subprocess.PIPE, text=True)
        self.assertIn("listening", capture.stderr.readline())
        self.attacker.run("ping", "-c3", "-i0.2", "10.0.0.5")
        with self.assertRaises(ConnectionRefusedError):
            self.attacker.connect("10.0.0.5", 99)
        lab.wait_until(lambda: len(read_capture(recorded)) == 4)
        capture.terminate()
        capture.communicate(timeout=10)
        asked = read_capture(recorded)
        self.assertEqual(len(asked), 4)

        config = self.lab.folder / "test.conf"
        outputs = [self.lab.folder / f"out{i}.pcap" for i in (1, 2)]
        for output in outputs:
            done = lab.run(lab.BINARY, "replay", "-f", config, recorded, "-o", output,
                           check=False)
            self.assertEqual(done.returncode, 0, done.stdout)
        answers = read_capture(outputs[0])
        self.assertEqual(outputs[0].read_bytes(), outputs[1].read_bytes())
        self.assertEqual(len(answers), 4)
        for question, answer in zip(asked[:3], answers):
            self.assertEqual(answer[34], 0)               # echo reply
            self.assertEqual(answer[38:], question[38:])  # identifier, sequence, payload
            self.assertEqual(answer[26:34], question[30:34] + question[26:30])
        self.assertEqual(answers[3][47] & 0x14, 0x14)  # RST and ACK


class Help(unittest.TestCase):
    def test_begins_with_examples(self):
        said = lab.run(lab.BINARY, "--help").stdout
        self.assertLess(said.lower().find("apiary run"), said.find("--help"))


if __name__ == "__main__":
    lab.main()
