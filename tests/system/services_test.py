"""The input of services' programs, and the events about them, however conversations end."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import stat
import struct
import tempfile

import lab

CONFIG = """
create server
set server default tcp action reset
add server tcp port 1 "sh crash.sh"
add server tcp port 2 "sh status.sh"
add server tcp port 3 "sleep 100"
add server tcp port 4 "env"
add server tcp port 5 "printf '%s|' 'two words' \\"$ipsrc:$dport\\" it\\\\'s '$ipsrc'"
add server tcp port 6 "cat"
add server tcp port 23 "perl scripts/router-telnet.pl"
add server udp port 7 "sh crash.sh"
bind 10.0.0.5 server
bind 10.0.0.16/28 server
"""
MORE = "bind 10.0.0.6 server\n"


class Services(lab.LabTest):
    config = CONFIG + MORE
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.lab.copy_examples()
        cls.lab.add_file("crash.sh", "read line\necho last words >&2\nkill -SEGV $$\n")
        cls.lab.add_file("status.sh", "read line\nexit 3\n")
        cls.folder = cls.lab.folder / "output"  # the daemon creates it for its user
        cls.file = cls.folder / "events.jsonl"
        cls.arguments = ("-i", "inside", "10.0.0.0/8", "--events", cls.file,
                         "--store", cls.folder / "store.db", "--control", cls.lab.folder / "ctl")

    @classmethod
    def events(cls, kind=None):
        return [event for event in map(json.loads, cls.file.read_text().splitlines())
                if kind in (None, event["event"]["action"])]

    def exit_of(self, port, host="10.0.0.5", timeout=5):
        """How the only process of a visitor's port ended; its event must name the conversation."""
        def found():
            return [event for event in self.events("note") if "exit" in event["apiary"] and
                    event["source"]["port"] == port and event["destination"]["ip"] == host]
        exits = lab.wait_until(found, timeout)
        self.assertEqual(len(exits), 1)
        starts = [event["event"]["id"] for event in self.events("flow_start")
                  if event["source"]["port"] == port]
        self.assertIn(exits[0]["apiary"]["flow"], starts)
        ended = dict(exits[0]["apiary"]["exit"])
        self.assertGreaterEqual(ended.pop("cpu_milliseconds"), 0)
        ended.pop("memory_kib", None)  # of those alone that used some MiB
        return ended

    def test_a_crash_is_an_event_whichever_side_ends_first(self):
        for name, say in (("open", lambda s: s.sendall(b"x\n")),
                          ("half-closed", lambda s: s.shutdown(socket.SHUT_WR)),
                          ("half-closed with its bytes",
                           lambda s: (s.sendall(b"x\n"), s.shutdown(socket.SHUT_WR)))):
            for port, ended in ((1, {"signal": 11, "by_daemon": False}),
                                (2, {"status": 3, "by_daemon": False})):
                with self.subTest(name, port=port):
                    with self.attacker.connect("10.0.0.5", port) as visitor:
                        say(visitor)
                        own_port = visitor.getsockname()[1]
                        lab.read_all(visitor)
                    self.assertEqual(self.exit_of(own_port), ended)
        self.assertIn("killed by signal 11 (Segmentation fault)", self.daemon.log())
        self.assertIn("last words", self.daemon.log())

    def test_a_program_ended_by_the_daemon_has_not_crashed(self):
        visitor = self.attacker.connect("10.0.0.5", 3)
        own_port = visitor.getsockname()[1]
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        lab.wait_until(lambda: "sleep" in " ".join(self.honeynet.commands()))
        visitor.close()  # sends a reset
        self.assertEqual(self.exit_of(own_port), {"signal": 15, "by_daemon": True})
        self.assertNotIn("ended by the daemon", self.daemon.log(), "no line in the log")

    def test_flows_of_a_host_that_a_reload_removes_are_recorded(self):
        visitor = self.attacker.connect("10.0.0.6", 1)
        own_port = visitor.getsockname()[1]
        self.lab.add_file("test.conf", CONFIG)
        lab.run(lab.BINARY, "ctl", "--socket", self.lab.folder / "ctl", "reload")
        visitor.sendall(b"x\n")
        visitor.shutdown(socket.SHUT_WR)
        self.assertEqual(self.exit_of(own_port, "10.0.0.6"), {"signal": 11, "by_daemon": False})
        visitor.close()

    def test_a_crash_over_udp_is_an_event(self):
        visitor = self.attacker.udp("10.0.0.5", 7)
        visitor.send(b"x\n")
        self.assertEqual(self.exit_of(visitor.getsockname()[1]), {"signal": 11, "by_daemon": False})
        visitor.close()

    def test_the_environment_is_honeyds(self):
        with self.attacker.connect("10.0.0.5", 4) as visitor:
            own_port = visitor.getsockname()[1]
            given = dict(line.split("=", 1) for line in lab.read_all(visitor).decode().splitlines())
        for name, value in (("HONEYD_IP_SRC", "192.0.2.2"), ("HONEYD_IP_DST", "10.0.0.5"),
                            ("HONEYD_SRC_PORT", str(own_port)), ("HONEYD_DST_PORT", "4"),
                            ("HONEYD_INTERFACE", "inside"),
                            ("HONEYD_TEMPLATE_NAME", "server"),
                            ("HONEYD_HOME", str(self.lab.folder))):
            self.assertEqual(given.get(name), value, name)
        self.assertIn("HONEYD_REMOTE_OS", given)  # remote_os_test.py has its value

    def test_a_command_is_split_as_a_shell_does(self):
        with self.attacker.connect("10.0.0.5", 5) as visitor:
            self.assertEqual(lab.read_all(visitor), b"two words|192.0.2.2:5|it's|$ipsrc|")

    def test_a_login_comes_after_the_bytes_that_made_it(self):
        with self.attacker.connect("10.0.0.5", 23) as visitor:
            own_port = visitor.getsockname()[1]
            visitor.sendall(b"root\r\n1234\r\n")
            lab.wait_until(lambda: self.events("credential"))
        kinds = [event["event"]["action"] if event["event"]["action"] != "payload"
                 else event["apiary"]["payload"]["from"] for event in self.events()
                 if event.get("source", {}).get("port") == own_port]
        self.assertLess(kinds.index("visitor"), kinds.index("credential"))

    def test_a_probe_of_another_protocol_is_no_login(self):
        before = len(self.events("credential"))
        for probe in (b"GET / HTTP/1.0\r\n\r\nroot\r\n1234\r\n", b"\x16\x03\x01\0\xee\1\r\n\r\n",
                      b"OPTIONS sip:nm SIP/2.0\r\nVia: SIP/2.0/TCP nm\r\n\r\n",
                      b"\0\0\0\xa4\xffSMBr\r\n\r\n", b"SSH-2.0-Go\r\n\r\n"):
            with self.attacker.connect("10.0.0.5", 23) as visitor:
                own_port = visitor.getsockname()[1]
                visitor.sendall(probe)
                visitor.shutdown(socket.SHUT_WR)
                lab.read_all(visitor)
            self.exit_of(own_port)
        self.assertEqual(len(self.events("credential")), before)

    def test_a_scan_counts_different_hosts(self):
        second = self.lab.attacker
        second.ip("address", "add", "192.0.2.77/24", "dev", "outside")
        script = ("import socket, time\n"
                  "for turn in range(4):\n"
                  "  for host in range(16, 28):\n"
                  "    s = socket.socket(); s.bind(('192.0.2.77', 0)); s.settimeout(1)\n"
                  "    s.connect_ex((f'10.0.0.{host}', 99)); s.close(); time.sleep(1)\n")
        second.run("python3", "-c", script)
        scans = lab.wait_until(lambda: [event for event in self.events("scan")
                                        if event["apiary"]["scan"]["over"]
                                        and event["source"]["ip"] == "192.0.2.77"], 15)
        scan = scans[-1]["apiary"]["scan"]
        self.assertEqual((scan["hosts"], scan["hosts_counted"]), (12, "exact"))
        self.assertIn("12 hosts", scans[-1]["message"])
        page = self.lab.folder / "report.html"

        def row():  # the store may lag by a second
            lab.run(lab.BINARY, "report", "--store", self.folder / "store.db", "-o", page)
            return re.search(r"192\.0\.2\.77</span>.*?</tr>", page.read_text(), re.DOTALL).group()
        lab.wait_until(lambda: '<td class="n wide">12<' in row(), 5)
        self.assertIn('<td class="n wide">12<', row())

    def test_times_say_their_zone(self):
        stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d "
        for line in self.daemon.log().splitlines():
            if line.startswith("20"):
                self.assertRegex(line, "^" + stamp)
        said = lab.run(lab.BINARY, "events", "--store", self.folder / "store.db",
                       env={**os.environ, "TZ": "NST3:30"}).stdout
        self.assertRegex(said, r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}-03:30 daemon ")


class View(lab.LabTest):
    """What an attacker finds who got a shell from a service."""
    MARK = "c0ffee-" + "in-a-file-of-the-daemon"
    SHELL = f"""# {MARK}
create server
add server tcp port 9 "sh"
add server tcp port 10 "sh SERVER"
bind 10.0.0.5 server
"""

    @classmethod
    def prepare(cls):
        cls.elsewhere = pathlib.Path(tempfile.mkdtemp(prefix="apiary-test-", dir="/var/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.elsewhere)
        cls.elsewhere.chmod(0o755)
        (cls.elsewhere / "server.sh").write_text('. "${0%/*}/library"\necho "$GREETING"\n')
        (cls.elsewhere / "library").write_text("GREETING='hello from the library'\n")
        cls.config = cls.SHELL.replace("SERVER", str(cls.elsewhere / "server.sh"))
        cls.lab.add_file("page.html", "a page")
        cls.lab.add_file("token", cls.MARK + "\n", 0o644)
        cls.arguments = ("-i", "inside", "10.0.0.0/8", "--events", cls.lab.folder / "output/events.jsonl",
                         "--store", cls.lab.folder / "output/events.db", "--web", "127.0.0.1:8080",
                         "--web-token", cls.lab.folder / "token", "--quarantine", cls.lab.folder / "output/caught",
                         "--control", cls.lab.folder / "ctl")
        cls.answers = "10.0.0.5"

    def shell(self, script):
        with self.attacker.connect("10.0.0.5", 9) as visitor:
            visitor.sendall(script.encode())
            visitor.shutdown(socket.SHUT_WR)
            return lab.read_all(visitor).decode()

    def check_nothing_is_found(self):
        self.assertEqual(self.shell("cat page.html"), "a page", "its own files are there")
        for name in ("test.conf", "output/caught", "output/events.jsonl", "output/events.db", "token", "ctl"):
            with self.subTest(name):
                self.assertTrue((self.lab.folder / name).exists())
                self.assertRegex(self.shell(f"cat {name} 2>&1; ls -d {name}; ls -d $PWD/{name}"),
                                 rf"^cat: {name}: (No such file or directory|Permission denied)\n$")
        mark = self.MARK[:6] + "'" + self.MARK[6:] + "'"  # not as the events have it
        found = self.shell(f"grep -rls {mark} $HONEYD_HOME /etc /home /root /run /srv /tmp "
                           "/var /dev/shm; echo end")
        self.assertEqual(found, "end\n")

    def reload(self):
        return lab.run(lab.BINARY, "ctl", "--socket", self.lab.folder / "ctl", "reload")

    def test_an_attacker_finds_nothing_of_the_daemon(self):
        self.check_nothing_is_found()
        (self.lab.folder / "more.conf").write_text(f"# {self.MARK}\nbind 10.0.0.6 server\n")
        new = self.lab.folder / "new.conf"
        new.write_text(self.config + "include more.conf\n")
        new.rename(self.lab.folder / "test.conf")  # as editors save
        self.check_nothing_is_found()
        self.reload()
        self.check_nothing_is_found()
        self.assertNotIn("conf", self.shell("ls"))

    def events(self, kind):
        lines = (self.lab.folder / "output/events.jsonl").read_text().splitlines()
        return [event for event in map(json.loads, lines) if event["event"]["action"] == kind]

    def test_what_it_attempts_is_told_with_the_technique(self):
        self.shell("cat /etc/shadow 2>/dev/null; echo x >/etc/cron.d/x; cat page.html >/dev/null; rm page.html;"
                   "for n in $(seq 30); do sleep 1 & done; true")
        wanted = {("openat", "/etc/shadow", "T1003.008"), ("openat", "/etc/cron.d/x", "T1053.003"),
                  ("unlinkat", f"{self.lab.folder}/page.html", None), ("fork", None, "T1499.001")}

        def found():
            return {(event["apiary"]["attempt"]["call"], event.get("file", {}).get("path"),
                     event.get("threat", {}).get("technique", {}).get("id"))
                    for event in self.events("attempt")}

        lab.wait_until(lambda: wanted <= found(), 5)
        self.assertEqual(wanted - found(), set())

    def test_files_that_it_leaves_are_told(self):
        self.shell("mkdir /tmp/.x; printf abc >/tmp/.x/bot; chmod 0 /tmp/.x; mkfifo /dev/shm/f; true")
        digest = hashlib.sha256(b"abc").hexdigest()
        lab.wait_until(lambda: self.events("file"), 5)
        event = self.events("file")[0]
        self.assertEqual(event["file"], {"path": "/tmp/.x/bot", "size": 3, "hash": {"sha256": digest}})
        self.assertEqual((event["source"]["ip"], event["destination"]["port"], event["apiary"]["service"]),
                         ("192.0.2.2", 9, "sh"))
        start = next(e for e in self.events("flow_start") if e["event"]["id"] == event["apiary"]["flow"])
        self.assertEqual(start["source"]["port"], event["source"]["port"])

        def listed():
            return lab.run(lab.BINARY, "events", "--files", "--store", self.lab.folder / "output/events.db").stdout

        kept = self.lab.folder / "output/caught" / digest
        self.assertTrue(lab.wait_until(kept.exists, 5))
        self.assertEqual((kept.read_bytes(), stat.S_IMODE(kept.stat().st_mode), kept.owner()), (b"abc", 0o600, "daemon"))
        self.assertEqual(stat.S_IMODE(kept.parent.stat().st_mode), 0o700)
        lab.wait_until(lambda: "bot" in listed(), 5)
        self.assertRegex(listed(), rf"(?m)^20\S+ \S+ 192\.0\.2\.2 > 10\.0\.0\.5:9 3 {digest} /tmp/\.x/bot$")

    def test_files_elsewhere_are_seen_if_a_command_names_them(self):
        with self.attacker.connect("10.0.0.5", 10) as visitor:
            self.assertEqual(lab.read_all(visitor), b"hello from the library\n")

    def test_new_files_beside_the_configuration_are_seen_after_a_reload(self):
        self.lab.add_file("late.html", "late")
        self.assertEqual(self.shell("cat late.html 2>&1"),
                         "cat: late.html: No such file or directory\n")
        self.reload()
        self.assertEqual(self.shell("cat late.html"), "late")


class TheEnd(lab.LabTest):
    def test_services_that_end_with_the_daemon_are_events(self):
        events = self.lab.folder / "end.jsonl"
        daemon = self.lab.start_daemon(CONFIG, "-i", "inside", "10.0.0.0/8", "--events", events,
                                       answers="10.0.0.5")
        with self.attacker.connect("10.0.0.5", 6) as visitor:
            visitor.sendall(b"x")
            self.assertEqual(visitor.recv(1), b"x")
            daemon.stop()
        lines = [json.loads(line) for line in events.read_text().splitlines()]
        exits = [event["apiary"]["exit"] for event in lines if "exit" in event["apiary"]]
        self.assertEqual(exits, [{"signal": 9, "by_daemon": True}])


if __name__ == "__main__":
    lab.main()
