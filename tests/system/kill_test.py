"""kill -9 at any moment: events that a reader has seen remain, and at most the last second is lost."""
import contextlib
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time

import lab

CONFIG = """
create server
set server personality "Linux 3.2 - 4.9"
set server default tcp action reset
add server tcp port 23 "sh login.sh"
add server tcp port 7777 open
bind 10.0.0.5 server
bind 10.0.1.0/24 server
"""
# A service that logs its input before it answers.
LOGIN = """#!/bin/sh
read user; read password
echo "login attempt user=\\"$user\\" password=\\"$password\\"" >&2
echo bye
"""
# An endless visitor: conversations with silent hosts, and sometimes a login with a unique name. It prints the
# time of each answered login: by then the service had logged it.
VISITOR = """
import socket, sys, time
logins = 0
while True:
    for host in range(1, 255):
        try:
            with socket.create_connection((f"10.0.1.{host}", 7777), 0.3) as visit:
                visit.sendall(b"x" * 100)
            if host % 4 == 0:
                name = f"{sys.argv[1]}-{logins}"
                logins += 1
                with socket.create_connection(("10.0.0.5", 23), 0.3) as login:
                    login.sendall(f"{name}\\nsecret\\n".encode())
                    if b"bye" in login.recv(100):
                        print(time.time(), name, flush=True)
        except OSError:
            pass
        time.sleep(0.001)  # leaves a core for the daemon to start on
"""
VISITORS = 3
KILLS = int(os.environ.get("APIARY_KILLS", "50"))
SEED = int(os.environ.get("APIARY_SEED", time.time_ns() % 1_000_000))
PATIENCE = 95  # time limit, in seconds
LATE = 1  # second: events this shortly before the end may be missing


class LinesReader:
    """Follows the file as `tail -f` does, and keeps a digest of what it has seen."""

    def __init__(self, path):
        self.path, self.seen_bytes, self.seen = path, 0, hashlib.sha1()

    def look(self):
        with contextlib.suppress(FileNotFoundError), open(self.path, "rb") as file:
            file.seek(self.seen_bytes)
            new = file.read()
            new = new[:new.rfind(b"\n") + 1]
            self.seen_bytes += len(new)
            self.seen.update(new)


class StoreReader:
    """Queries new events, as `apiary events --follow` does."""

    def __init__(self, path):
        self.path, self.seen = path, {}

    @contextlib.contextmanager
    def open(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as store:
            yield store

    def look(self):
        with contextlib.suppress(sqlite3.OperationalError), self.open() as store:  # or not created yet
            self.seen.update(self.after(store, max(self.seen, default=0)))

    @staticmethod
    def after(store, number):
        return store.execute("SELECT number, json FROM events WHERE number > ? ORDER BY number",
                             (number,)).fetchall()


class Killed(lab.LabTest):
    @classmethod
    def prepare(cls):
        cls.lab.add_file("login.sh", LOGIN)
        cls.folder = cls.lab.folder / "output"  # the daemon creates it for its user

    def setUp(self):
        self.lines = LinesReader(self.folder / "events.jsonl")
        self.store = StoreReader(self.folder / "events.db")
        self.answered = []       # time and name of answered logins
        self.in_lines = set()    # names of logins in the lines
        self.in_store = set()
        self.whole_bytes = 0     # size of the lines at the last check
        self.stored = 0          # last number in the store at the last check
        self.torn = 0            # files that end within a line
        self.demanded = 0        # logins that must be present
        self.killed_at = 0

    def test_what_was_seen_is_there(self):
        began, chance = time.monotonic(), random.Random(SEED)
        for number in range(VISITORS):
            self.visit(number)
        kills = 0
        while kills < KILLS and time.monotonic() - began < PATIENCE:
            kills += 1
            with self.subTest(kill=kills, seed=SEED):
                before = self.killed_at
                self.run_and_kill(min(3, chance.expovariate(1)), while_it_starts=kills % 5 == 0)
                self.check_lines()
                self.check_store()
                self.check_answered(before)
        self.lab.start_daemon(CONFIG, *self.arguments_of_run(), answers="10.0.0.5").stop()
        self.check_lines()
        self.assertEqual(self.torn_bytes(), 0)
        self.check_store()
        with self.store.open() as store:
            kept = dict(self.store.after(store, 0))
        self.assertLessEqual(self.store.seen.items(), kept.items())
        print(f"{kills} kills in {time.monotonic() - began:.0f} s (seed {SEED}), "
              f"{self.torn} in the middle of a line; seen: {self.lines.seen_bytes} bytes of lines, "
              f"{len(self.store.seen)} events in the store; {len(self.answered)} logins answered, "
              f"{self.demanded} of them long enough before a kill")
        self.assertGreaterEqual(kills, KILLS / 2)
        self.assertGreater(len(self.store.seen), 50 * kills, "the daemon was under load")
        self.assertGreater(self.demanded, kills, "credentials were sent")

    def visit(self, number):
        visitor = self.attacker.start("python3", "-c", VISITOR, number, stdout=subprocess.PIPE,
                                      text=True)

        def hear():
            for line in visitor.stdout:
                at, name = line.split()
                self.answered.append((float(at), name))

        hearing = threading.Thread(target=hear)
        hearing.start()
        for cleanup in (visitor.stdout.close, hearing.join, visitor.wait, visitor.kill):
            self.addCleanup(cleanup)

    def arguments_of_run(self):
        return ("-i", "inside", "10.0.0.0/8", "--events", self.lines.path, "--store",
                self.store.path, "--rotate-size", "0")

    def run_and_kill(self, seconds, while_it_starts):
        """Runs a daemon with readers, and kills it after it has answered for that long."""
        config = self.lab.add_file("test.conf", CONFIG)
        daemon = lab.Daemon(self.honeynet, self.lab.folder, "-f", config, *self.arguments_of_run())
        self.lab.daemons.append(daemon)
        stop = threading.Event()

        def follow():
            while not stop.wait(0.01):
                self.lines.look()
                self.store.look()

        following = threading.Thread(target=follow)
        following.start()
        if while_it_starts:
            seconds /= 4
        else:
            lab.wait_until(lambda: "answering for" in daemon.log())
        time.sleep(seconds)
        self.assertIsNone(daemon.process.poll(), f"it ended before the kill:\n{daemon.log()}")
        self.killed_at = time.time()
        daemon.process.send_signal(signal.SIGKILL)
        daemon.process.wait()
        stop.set()
        following.join()

    def torn_bytes(self):
        """The number of bytes after the last whole line."""
        text = self.lines.path.read_bytes()
        return len(text) - text.rfind(b"\n") - 1

    def check_lines(self):
        if not self.lines.path.exists():
            return
        text = self.lines.path.read_bytes()
        self.assertEqual(hashlib.sha1(text[:self.lines.seen_bytes]).digest(),
                         self.lines.seen.digest(), "lines that a reader saw remain")
        end = text.rfind(b"\n") + 1
        self.torn += end < len(text)
        self.assertGreaterEqual(end, self.whole_bytes)
        for line in text[self.whole_bytes:end].splitlines():  # partial lines have been cut off
            self.in_lines |= names_of([json.loads(line)])
        self.whole_bytes = end

    def check_store(self):
        if not self.store.path.exists():
            return
        with self.store.open() as store:
            self.assertEqual(store.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            new = dict(self.store.after(store, self.stored)) if self.has_table(store) else {}
        seen = {number: event for number, event in self.store.seen.items() if number > self.stored}
        self.assertLessEqual(seen.items(), new.items(), "events that a reader saw remain")
        self.in_store |= names_of(map(json.loads, new.values()))
        self.stored = max(new, default=self.stored)

    @staticmethod
    def has_table(store):
        return store.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'events'").fetchone()[0]

    def check_answered(self, since):
        """Logins that a visitor saw answered by this daemon, except in its last second."""
        known = {name for at, name in list(self.answered)
                 if since + 0.1 < at < self.killed_at - LATE}
        self.demanded += len(known)
        self.assertLessEqual(known, self.in_lines, "the lines contain them")
        self.assertLessEqual(known, self.in_store, "the store contains them")


def names_of(events):
    return {event["user"]["name"] for event in events if event["event"]["action"] == "credential"}


if __name__ == "__main__":
    lab.main()
