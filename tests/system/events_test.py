"""The events of a scan, an HTTP request and a login attempt, in every sink and its readers."""
import base64
import contextlib
import json
import re
import signal
import sqlite3
import unittest

import lab

CONFIG = """
create server
set server personality "Linux 3.2 - 4.9"
set server default tcp action reset
add server tcp port 80 "sh scripts/web.sh"
add server tcp port 23 "perl scripts/router-telnet.pl"
add server tcp port 7777 open
bind 10.0.0.5 server
bind 10.0.0.16/28 server
"""
ESCAPES = b"\x1b[2J\x1b]0;owned\x07\xff\n"


class Events(lab.LabTest):
    config = CONFIG
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.lab.copy_examples()
        cls.folder = cls.lab.folder / "output"  # the daemon creates it for its user
        cls.arguments = ("-i", "inside", "10.0.0.0/8", "--events", cls.folder / "events.jsonl",
                         "--store", cls.folder / "store.db", "-l", cls.folder / "packets.log",
                         "-s", cls.folder / "services.log",
                         "--sink", f"json:{cls.folder}/second.jsonl",
                         "--sink", f"json://{cls.folder}/third.jsonl")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attacker.run("nmap", "-n", "-sS", "-T5", "-p1-50", "10.0.0.16/28", check=False)
        cls.attacker.run("curl", "-s", "http://10.0.0.5/")
        cls.attacker.shell("(sleep .3; echo admin; sleep .3; echo secret; sleep .3) |"
                           " telnet 10.0.0.5", check=False)
        with cls.attacker.connect("10.0.0.5", 7777) as unanswered:
            unanswered.sendall(ESCAPES)
        lab.wait_until(lambda: len(cls.of_kind("flow_end")) == 3, 5)
        lab.wait_until(lambda: len(cls.stored()) >= len(cls.events()), 5)

    @classmethod
    def events(cls):
        lines = (cls.folder / "events.jsonl").read_bytes().decode().splitlines()  # valid UTF-8
        return [json.loads(line) for line in lines]

    @classmethod
    def stored(cls):
        with contextlib.closing(sqlite3.connect(f"file:{cls.folder}/store.db?mode=ro",
                                                uri=True)) as store:
            return [json.loads(row[0])
                    for row in store.execute("SELECT json FROM events ORDER BY number")]

    @classmethod
    def of_kind(cls, kind):
        return [event for event in cls.events() if event["event"]["action"] == kind]

    def ask(self, *arguments):
        return lab.run(lab.BINARY, "events", "--store", self.folder / "store.db", *arguments,
                       check=False)

    def test_json_has_the_scan_as_one(self):
        scans = self.of_kind("scan")
        self.assertLessEqual(len(scans), 2, "at its detection and at its end")
        self.assertEqual(scans[0]["source"]["ip"], "192.0.2.2")
        self.assertGreaterEqual(scans[0]["apiary"]["scan"]["hosts"], 10)
        self.assertLess(len(self.of_kind("contact")), 20)

    def test_json_has_the_login_with_its_conversation(self):
        tried = self.of_kind("credential")[0]
        self.assertEqual(tried["apiary"]["credential"]["user"]["text"], "admin")
        self.assertEqual(tried["apiary"]["credential"]["password"]["text"], "secret")
        flow = tried["apiary"]["flow"]
        self.assertIn(flow, [start["event"]["id"] for start in self.of_kind("flow_start")])
        said = [event["apiary"]["payload"] for event in self.of_kind("payload")
                if event["apiary"]["flow"] == flow]
        self.assertTrue(any("Username: " in piece["text"] for piece in said
                            if piece["from"] == "host"))
        self.assertTrue(any("admin" in piece["text"] for piece in said
                            if piece["from"] == "visitor"))

    def test_json_has_packets_without_a_reply(self):
        payloads = [event for event in self.of_kind("payload")
                 if event["destination"]["port"] == 7777]
        self.assertEqual(base64.b64decode(payloads[0]["apiary"]["payload"]["base64"]), ESCAPES)

    def test_ids_are_unique_and_sorted(self):
        ids = [event["event"]["id"] for event in self.events()]
        self.assertEqual(ids, sorted(set(ids)))

    def test_the_store_has_the_same(self):
        events = self.events()
        self.assertTrue(lab.wait_until(lambda: len(self.stored()) >= len(events), 3))
        self.assertEqual(self.stored()[:len(events)], events)

    def test_further_sinks_of_the_same_kind_have_the_same(self):
        def lines_of(name):  # perhaps rotated
            return sorted(line for path in self.folder.glob(name + "*")
                          for line in path.read_text().splitlines())
        for name in ("second.jsonl", "third.jsonl"):
            self.assertGreater(len(lines_of(name)), 10)
            self.assertTrue(lab.wait_until(lambda: lines_of(name) == lines_of("events.jsonl"), 5))

    def test_the_logs_of_honeyd(self):
        read = lambda name: "".join(path.read_text() for path in self.folder.glob(name + "*"))
        packets = read("packets.log")  # perhaps rotated
        stamp = r"\d{4}-\d\d-\d\d-\d\d:\d\d:\d\d\.\d{4} "
        for line in (r"honeyd log started ------ UTC[+-]\d\d:\d\d",
                     r"icmp\(1\) - 192\.0\.2\.2 10\.0\.0\.5: 8\(0\): 84",
                     r"tcp\(6\) - 192\.0\.2\.2 \d+ 10\.0\.0\.1\d \d+: 44 S",
                     r"tcp\(6\) S 192\.0\.2\.2 \d+ 10\.0\.0\.5 80",
                     r"tcp\(6\) E 192\.0\.2\.2 \d+ 10\.0\.0\.5 80: \d+ \d+"):
            self.assertRegex(packets, rf"(?m)^{stamp}{line}(?: \[[^]]+\])?$")  # the visitor's system
        self.assertRegex(read("services.log"),
                         f"(?m)^{stamp}" r"tcp\(6\) 192\.0\.2\.2 \d+ 10\.0\.0\.5 23: "
                         r'\|login attempt user="admin" password="secret"\|$')

    def test_events_are_lines_for_people(self):
        said = self.ask("--type", "credential", "--source", "192.0.2.0/24", "--port", "23").stdout
        self.assertRegex(said, r'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d credential  192\.0\.2\.2:\d+'
                               r' > 10\.0\.0\.5:23 tcp: tried user "admin" with password "secret"\n$')
        self.assertEqual(self.ask("--host", "10.9.0.0/16").stdout, "")
        self.assertEqual(self.ask("--since", "1h", "--type", "scan").stdout.count(" scan "),
                         len(self.of_kind("scan")))

    def test_nothing_an_attacker_sends_reaches_the_terminal_raw(self):
        done = self.ask("--port", "7777")
        self.assertIn("x1b[2J", done.stdout)
        self.assertNotRegex(done.stdout.replace("\n", ""), "[^ -~]")

    def test_events_says_what_is_wrong(self):
        for arguments, sentence in ((("--type", "scans"), "use one of contact"),
                                    (("--since", "soon"), "invalid duration"),
                                    (("--source", "10.0.0"), "invalid network")):
            with self.subTest(arguments):
                done = self.ask(*arguments)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(sentence, done.stdout)
        done = lab.run(lab.BINARY, "events", "--store", "/no/such.db", check=False)
        self.assertIn("there is no store at /no/such.db", done.stdout)

    def test_report_is_a_page_to_pass_on(self):
        report = self.folder / "report.html"
        command = (lab.BINARY, "report", "--store", self.folder / "store.db", "--since", "1h")
        self.assertEqual(lab.run(*command, "-o", report).stdout, "")
        page = report.read_text()
        for text in ("192.0.2.2", "<code>admin</code>", "<code>secret</code>", "Username:",
                     r"\x1b[2J\x1b]0;owned\x07\xff", "scripts/router-telnet.pl"):
            self.assertIn(text, page)
        self.assertNotRegex(page.replace("…", "").replace("\n", ""), "[^ -~]")
        self.assertNotIn("<script", page)
        self.assertTrue(lab.run(*command).stdout.endswith("</html>\n"))

    def test_follow_continues_after_rotation(self):
        follower = lab.subprocess.Popen(
            [lab.BINARY, "events", "--store", self.folder / "store.db", "--follow", "--port", "23"],
            stdout=lab.subprocess.PIPE, text=True)
        self.addCleanup(follower.stdout.close)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.kill)
        self.assertIn("10.0.0.5:23", follower.stdout.readline())  # the earlier events
        with self.attacker.connect("10.0.0.5", 23) as connection:
            port = connection.getsockname()[1]
            for line in follower.stdout:
                if f":{port} > 10.0.0.5:23 tcp: connected" in line:
                    break

    def test_rotation_begins_a_new_file(self):
        before = {path.name for path in self.folder.iterdir()}
        self.daemon.process.send_signal(signal.SIGUSR1)
        new = lambda: [path for path in self.folder.glob("events.jsonl.*")
                       if path.name not in before]
        self.assertTrue(lab.wait_until(new))
        self.assertTrue(re.fullmatch(r"events\.jsonl\.\d{8}T\d{6}Z", new()[0].name))
        # Other tests read a single file.
        (self.folder / "events.jsonl").write_bytes(new()[0].read_bytes())
        new()[0].unlink()


class LostPackets(lab.LabTest):
    config = "create host\nbind 10.0.0.5 host\n"
    answers = "10.0.0.5"
    ring_frames = 18_000

    @classmethod
    def prepare(cls):
        cls.path = cls.lab.folder / "output" / "events.jsonl"
        cls.arguments = ("-i", "inside", "10.0.0.5", "--events", cls.path)

    def test_packets_that_the_kernel_dropped_are_an_event(self):
        self.daemon.process.send_signal(signal.SIGSTOP)
        self.attacker.run("ping", "-q", "-l", "60000", "-c", "60000", "-w", "1", "10.0.0.5", check=False)
        self.daemon.process.send_signal(signal.SIGCONT)
        self.daemon.stop()
        events = [json.loads(line) for line in self.path.read_text().splitlines()]
        lost = [event for event in events if event["event"]["action"] == "packets_lost"]
        self.assertEqual(1, len(lost))
        self.assertEqual("inside", lost[0]["apiary"]["lost_packets"]["interface"])
        self.assertGreater(lost[0]["apiary"]["lost_packets"]["total"], 60_000 - 3 * self.ring_frames)
        self.assertEqual(["error"], lost[0]["event"]["type"])


if __name__ == "__main__":
    lab.main()
