"""Sinks may fail: a full disk, a lock, a file moved or removed, an invalid path. The daemon counts every
lost event and reports the problem."""
import contextlib
import json
import os
import pwd
import shutil
import sqlite3
import time

import lab

CONFIG = """
create server
set server personality "Linux 3.2 - 4.9"
set server default tcp action reset
add server tcp port 7777 open
bind 10.0.0.5 server
bind 10.0.0.16/28 server
"""
DAEMON = pwd.getpwnam("daemon")
AT = "http://127.0.0.1:8080"
VISITS = """
import socket, sys
for number in range(int(sys.argv[1])):
    with socket.create_connection(("10.0.0.5", 7777), 5) as visit:
        visit.sendall(b"x" * 600)
"""


class SinksTest(lab.LabTest):
    """A daemon with every kind of sink in one folder, created by `make_folder()`."""
    config = CONFIG
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.folder = cls.lab.folder / "output"
        cls.make_folder()
        cls.socket = cls.lab.folder / "control"
        cls.lines, cls.store = cls.folder / "events.jsonl", cls.folder / "store.db"
        cls.packets, cls.capture = cls.folder / "packets.log", cls.folder / "all.pcapng"
        cls.arguments = ("-i", "inside", "10.0.0.0/8", "--control", cls.socket,
                         "--web", "127.0.0.1:8080", "--web-token",
                         cls.lab.add_file("token", lab.TOKEN, 0o600), "--events", cls.lines, "--store", cls.store,
                         "-l", cls.packets, "--capture", cls.capture)
        cls.names = {f"events to {cls.lines}", f"store {cls.store}", f"packet log {cls.packets}",
                     f"packets to {cls.capture}"}

    @classmethod
    def make_folder(cls):
        cls.folder.mkdir()
        os.chown(cls.folder, DAEMON.pw_uid, DAEMON.pw_gid)

    @classmethod
    def visit(cls, count):
        cls.attacker.run("python3", "-c", VISITS, count)

    @classmethod
    def ctl(cls, *words, check=True):
        return lab.run(lab.BINARY, "ctl", "--socket", cls.socket, *words, check=check)

    @classmethod
    def sinks(cls):
        """The sinks that write to the folder, by name, from `apiary ctl --json status`."""
        status = json.loads(cls.ctl("--json", "status").stdout)
        return {sink["name"]: sink for sink in status["sinks"] if sink["name"] in cls.names}

    @classmethod
    def in_trouble(cls):
        return {name for name, sink in cls.sinks().items() if sink["trouble"]}

    def readyz(self):
        """The HTTP status and the text of the response."""
        answer = self.honeynet.run("curl", "-sS", "-w", "\n%{http_code}", AT + "/readyz").stdout
        reasons, status = answer.rsplit("\n", 1)
        return int(status), reasons

    def metric(self, name, sink):
        metrics = self.honeynet.run("curl", "-sS", AT + "/metrics").stdout
        return int(metrics.split(f'apiary_{name}{{sink="{sink}"}} ')[1].split()[0])

    def wait(self, condition, timeout=20):
        self.assertTrue(lab.wait_until(condition, timeout), self.daemon.log())

    def events(self):
        return [json.loads(line) for line in self.lines.read_bytes().splitlines()]

    def stored(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as store:
            return [row[0] for row in store.execute(
                "SELECT json ->> '$.event.id' FROM events ORDER BY number")]

    def assert_no_empty_warning(self):
        for line in self.daemon.log().splitlines():
            self.assertNotRegex(line, r"(warning|error|info)\s*$")


class FullDisk(SinksTest):
    @classmethod
    def make_folder(cls):
        cls.folder.mkdir()
        lab.run("mount", "-t", "tmpfs", "-o", f"size=2m,uid={DAEMON.pw_uid}", "tmpfs", cls.folder)
        cls.addClassCleanup(lab.run, "umount", "-l", cls.folder, check=False)

    def fill_disk(self):
        with contextlib.suppress(OSError), open(self.folder / "filler", "wb", buffering=0) as file:
            for size in (65_536, 4_096):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def test_full_then_room_then_full_at_the_end(self):
        self.fill_disk()
        self.visit(100)
        self.wait(lambda: self.in_trouble() == self.names)
        status, reasons = self.readyz()
        self.assertEqual(status, 503)
        for name in self.names:
            self.assertIn(name + ": ", reasons)
            self.assertEqual(self.metric("sink_in_trouble", name), 1)
        self.assertIn("No space left on device", self.ctl("status").stdout)
        self.assertIn("No space left on device", self.daemon.log())
        self.visit(100)
        for name, sink in self.sinks().items():
            self.assertGreater(sink["waiting"], 100, name)
            self.assertEqual(sink["lost"], 0, name)
        self.assertEqual(self.sinks()[f"store {self.store}"]["written"], len(self.stored()))
        self.assertEqual(self.sinks()[f"events to {self.lines}"]["written"], len(self.events()))

        (self.folder / "filler").unlink()
        self.wait(lambda: self.readyz() == (200, "ok\n"))
        self.wait(lambda: all(sink["waiting"] == 0 for sink in self.sinks().values()))
        self.wait(lambda: self.daemon.log().count("can write again; 0 lost") == len(self.names))
        self.wait(lambda: all(sink["waiting"] == 0 for sink in self.sinks().values()))
        events = [event["event"]["id"] for event in self.events()]
        self.assertEqual(len(events), len(set(events)), "no event appears twice")
        stored = self.stored()
        self.assertEqual(stored, events[:len(stored)])
        for name, sink in self.sinks().items():
            self.assertEqual(sink["lost"], 0, name)
        opened = [event for event in self.events() if event["event"]["action"] == "flow_start"]
        self.assertGreaterEqual(len(opened), 200)
        lab.run("tshark", "-n", "-r", self.capture, "-Y", "tcp.dstport == 7777")
        self.assertEqual(self.ctl("rotate").stdout, "")

        self.fill_disk()
        self.visit(50)
        self.wait(lambda: self.in_trouble() == self.names)
        began = time.monotonic()
        self.assertEqual(self.daemon.stop(), 0)
        self.assertLess(time.monotonic() - began, 9)
        for name in self.names:
            self.assertRegex(self.daemon.log(), rf"\d+ lost by {name}; {name}: ")
        self.assert_no_empty_warning()


class Locked(SinksTest):
    def test_a_store_that_another_process_locks_loses_nothing(self):
        with contextlib.closing(sqlite3.connect(self.store, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(5):
                self.visit(20)
                time.sleep(3)
            self.wait(lambda: self.in_trouble() == {f"store {self.store}"})
            other.execute("COMMIT")
        self.wait(lambda: not self.in_trouble())
        self.wait(lambda: self.sinks()[f"store {self.store}"]["waiting"] == 0)
        self.assertEqual(self.sinks()[f"store {self.store}"]["lost"], 0)
        stored, events = self.stored(), [event["event"]["id"] for event in self.events()]
        self.assertEqual(stored, events[:len(stored)])
        self.assertGreater(len(stored), 300)


class Taken(SinksTest):
    def test_files_moved_by_another_program(self):
        files = (self.lines, self.store, self.packets, self.capture)
        with open(self.lab.folder / "followed", "w") as followed:
            follower = lab.subprocess.Popen(
                [lab.BINARY, "events", "--store", self.store, "--follow"], stdout=followed)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.terminate)
        self.wait(lambda: (self.lab.folder / "followed").read_text())
        for file in files:
            file.rename(file.with_name(file.name + ".moved"))
        self.wait(lambda: all(file.exists() for file in files), 3)
        said = self.ctl("rotate").stdout
        self.assertEqual(said.count("another program moved the file a moment ago"), 3, said)
        self.assertEqual(self.ctl("rotate").stdout, "")
        self.assertEqual(len(list(self.folder.glob("*.jsonl.*Z"))), 1, "a second request starts a new file")
        for name in self.names:
            self.wait(lambda: f"{name}: the file was moved" in self.daemon.log(), 3)
        before = len(self.events())
        self.visit(5)
        self.wait(lambda: len(self.events()) >= before + 15)
        self.wait(lambda: len(self.stored()) >= 15)
        self.assertEqual(self.readyz()[0], 200)
        self.wait(lambda: (self.lab.folder / "followed").read_text().count(":7777 tcp: closed") >= 5)
        with contextlib.closing(sqlite3.connect(f"{self.store}.moved")) as moved:
            self.assertEqual(moved.execute("PRAGMA integrity_check").fetchone()[0], "ok")

    def test_folder_removed(self):
        shutil.rmtree(self.folder)  # the daemon has no permission to create it again
        self.wait(lambda: self.in_trouble() == self.names)
        status, reasons = self.readyz()
        self.assertEqual(status, 503)
        self.assertIn(f"events to {self.lines}: the file was removed", reasons)
        self.visit(5)
        rotated = self.ctl("rotate", check=False)
        self.assertEqual(rotated.returncode, 1)
        self.assertIn("Permission denied", rotated.stdout)
        self.make_folder()
        self.wait(lambda: self.readyz()[0] == 200)
        self.wait(lambda: all(sink["waiting"] == 0 for sink in self.sinks().values()))
        opened = [event for event in self.events() if event["event"]["action"] == "flow_start"]
        self.assertEqual(len(opened), 5, "they waited")
        self.assertGreaterEqual(len(self.stored()), 15)
        self.assert_no_empty_warning()


class Emptied(SinksTest):
    def all_written(self):
        return all(sink["waiting"] == 0 for sink in self.sinks().values())

    def test_files_that_another_program_empties(self):
        self.visit(5)
        self.wait(lambda: self.metric("sink_written_events_total", f"events to {self.lines}") > 15)
        self.wait(self.all_written)
        self.assertEqual(self.sinks()[f"packet log {self.packets}"]["written"],
                         len(self.packets.read_text().splitlines()), "each counted packet has a line")
        for file in self.lines, self.store, self.packets, self.capture:
            os.truncate(file, 0)
        self.wait(lambda: f"store {self.store}: the file was emptied; starting a new one"
                  in self.daemon.log(), 5)
        self.visit(5)
        self.wait(lambda: len(self.stored()) >= 10)
        self.wait(self.all_written)
        self.assertEqual(self.readyz()[0], 200)
        shown = lab.run("tshark", "-n", "-r", self.capture, "-Y", "tcp.dstport == 7777").stdout
        self.assertGreaterEqual(shown.count("7777"), 10)
        self.assertIn("honeyd log started", self.packets.read_text().splitlines()[0])


class RotationFails(SinksTest):
    def test_failed_rotation_is_logged(self):
        os.chown(self.folder, 0, 0)
        rotated = self.ctl("rotate", check=False)
        os.chown(self.folder, DAEMON.pw_uid, DAEMON.pw_gid)
        self.assertEqual(rotated.returncode, 1)
        for name in self.names - {f"store {self.store}"}:
            self.assertRegex(rotated.stdout, f"{name}: cannot start a new file: .*Permission denied")
        self.wait(lambda: "cannot start a new file: renaming" in self.daemon.log(), 3)
        self.assertEqual(self.ctl("rotate").returncode, 0)
        self.assert_no_empty_warning()


class Refused(lab.LabTest):
    """An invalid path: the daemon prints the reason, ends, and leaves no files."""

    def test_paths(self):
        self.lab.add_file("refused.conf", CONFIG, 0o644)
        here = self.lab.folder / "here"
        here.mkdir()
        (here / "file").write_text("x")
        (here / "folder").mkdir()
        (here / "dangling").symlink_to("/no/such/place")
        before = sorted(here.rglob("*"))
        everywhere = ("--events", "-l", "-s", "--store", "--capture", "--control")
        some = ("--events", "--control")  # runtime_test covers the others
        for path, options, sentences in (
                (here / "dangling/sub/x", everywhere, ("without a target", "there is not a folder")),
                ("/proc/nothing/x", everywhere, ("cannot create a folder", "there is not a folder")),
                (here / "dangling", some, ("symbolic link", "not a socket")),
                (here / "file/x", some, ("is not a folder",)),
                ("/proc/x", some, ("/proc",)),
                (here / "folder", some, ("is a folder", "not a socket"))):
            for option in options:
                with self.subTest(option=option, path=path):
                    self.refused(option, path, sentences)
                    self.assertEqual(sorted(here.rglob("*")), before)

    def test_a_store_in_a_folder_of_roots(self):
        self.lab.add_file("refused.conf", CONFIG, 0o644)
        folder = self.lab.folder / "roots"
        folder.mkdir()
        self.refused("--store", folder / "x.db", ("user 'daemon' may not write in",))
        self.assertEqual(list(folder.iterdir()), [])

    def refused(self, option, path, sentences):
        arguments = {"--control": "off", option: path}
        done = self.honeynet.run(
            lab.BINARY, "run", "-f", self.lab.folder / "refused.conf", "-i", "inside", "10.0.0.0/8",
            *(word for pair in arguments.items() for word in pair), check=False, timeout=20)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertTrue(any(sentence in done.stdout for sentence in sentences), done.stdout)
        self.assertNotIn("Sanitizer", done.stdout)


if __name__ == "__main__":
    lab.main()
