"""apiary ctl: the control socket, its commands, and statements that change the running daemon."""
import json
import os
import signal
import socket
import stat
import time

import lab
from control_lab import CONFIG, Control


class Commands(Control):
    def test_the_socket_is_for_its_owner_alone(self):
        mode = os.stat(self.path).st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o600)

    def test_status(self):
        self.answers("10.0.0.5")
        said = self.ctl("status")
        for part in ("live.conf", "10.0.0.5 (1 address)", "1 bound", "interface"):
            self.assertIn(part, said)
        status = json.loads(self.ctl("--json", "status"))
        self.assertGreaterEqual(status["received_packets"], 2)
        self.assertGreaterEqual(status["sent_packets"], 2)
        self.assertEqual(status["claimed_addresses"], 1)
        self.assertEqual(status["configuration"]["failure"], "")

    def test_hosts_and_connections(self):
        self.assertEqual(json.loads(self.ctl("--json", "hosts")), {
            "hosts": [{"address": "10.0.0.5", "template": "host",
                       "personality": json.loads(self.ctl("--json", "hosts"))["hosts"][0]["personality"]}],
            "not_listed": 0})
        self.assertIn("10.0.0.5", self.ctl("hosts"))
        with self.attacker.connect("10.0.0.5", 7) as connection:
            connection.sendall(b"hello")
            self.assertEqual(connection.recv(9), b"hello")
            listed = json.loads(self.ctl("--json", "connections"))
            self.assertEqual(listed["connections"][0]["host"], "10.0.0.5:7")
            self.assertEqual(listed["connections"][0]["state"], "ESTABLISHED")
            self.assertEqual(listed["connections"][0]["received_bytes"], 5)
            self.assertIn("ESTABLISHED", self.ctl("connections"))

    def test_a_statement_takes_effect_and_claims_what_it_binds(self):
        self.assertFalse(self.answers("10.0.0.9"))
        self.ctl("bind 10.0.0.9 host")
        self.assertTrue(self.answers("10.0.0.9"))
        self.ctl("bind", "10.0.0.10", "host")
        self.assertTrue(self.answers("10.0.0.10"))
        self.ctl("set", "host", "personality", "Linux 3.2 - 4.9")
        self.assertIn('"Linux 3.2 - 4.9"', self.ctl("hosts"))

    def test_a_wrong_statement_changes_nothing_and_says_why(self):
        before = self.ctl("dump")
        said = self.ctl("bind 10.0.0.5 host", status=1)
        self.assertIn("ctl:1:6: error: 10.0.0.5 is bound already", said)
        self.assertIn("live.conf:4:6: note: it is bound here", said)
        self.assertIn("ctl:1:15: error", self.ctl("bind 10.0.0.6 hots", status=1))
        self.assertIn("apiary ctl help", self.ctl("frobnicate", status=1))
        self.assertIn("did you mean status?", self.ctl("statsu", status=2))
        self.assertEqual(self.ctl("dump"), before)
        self.assertTrue(self.answers("10.0.0.5"))

    def test_the_dump_loads_and_a_reload_goes_back_to_the_file(self):
        self.ctl("bind 10.0.0.9 host")
        dumped = self.lab.add_file("dumped.conf", self.ctl("dump"))
        self.assertEqual(lab.run(lab.BINARY, "check", dumped).returncode, 0)
        self.assertIn("bind 10.0.0.9 host", dumped.read_text())
        self.ctl("reload")
        self.assertFalse(self.answers("10.0.0.9"))
        self.assertTrue(self.daemon.wait_for_log("discarded 1 statement that apiary ctl had added"))

    def test_what_never_ends_is_refused_and_holds_nothing_up(self):
        os.mkfifo(self.lab.folder / "pipe.conf")
        for never in (self.lab.folder / "pipe.conf", "/dev/zero"):
            with self.subTest(never=str(never)):
                began = time.monotonic()
                self.assertIn("not a regular file", self.ctl(f"include {never}", status=1))
                self.file.write_text(CONFIG + f"include {never}\n")
                self.assertIn("not a regular file", self.ctl("reload", status=1))
                self.assertLess(time.monotonic() - began, 30)  # not forever
        self.assertTrue(self.answers("10.0.0.5"))
        os.unlink(self.file)
        os.mkfifo(self.file)
        self.addCleanup(os.unlink, self.file)  # the next test creates it again
        self.assertIn("live.conf: it is a pipe", self.ctl("reload", status=1))
        self.assertTrue(self.answers("10.0.0.5"))

    def test_an_included_file_is_kept_as_it_was(self):
        more = self.lab.add_file("more.conf", "create more\nbind 10.0.0.11 more\n")
        self.ctl("include more.conf")
        self.assertTrue(self.answers("10.0.0.11"))
        more.write_text("this is broken now\n")
        self.ctl("bind 10.0.0.12 more")
        self.assertTrue(self.answers("10.0.0.12"))
        first = self.ctl("dump")
        self.assertIn("# include more.conf\ncreate more\nbind 10.0.0.11 more\n", first)
        self.file.write_text(first)
        self.ctl("reload")
        self.assertTrue(self.answers("10.0.0.11") and self.answers("10.0.0.12"))
        self.assertEqual(self.ctl("dump"), first)

    def test_programs_run_as_the_user_of_a_statement(self):
        self.ctl('add host tcp port 8 "id -u"')
        for statement, user in (("set host uid 4321", b"4321\n"), ("set host uid 1234", b"1234\n")):
            self.ctl(statement)
            with self.attacker.connect("10.0.0.5", 8) as connection:
                self.assertEqual(connection.recv(100), user)
        self.assertIn("may not run as root", self.ctl("set host uid 0", status=1))
        refused = self.ctl("set host uid 33", status=1)
        self.assertIn("services may not run as user 33: --allow-uid does not name it", refused)
        self.assertIn("give the option --allow-uid 33", refused)

    def test_spoofing_needs_an_option(self):
        self.assertIn("'spoof' needs the option --allow-spoof",
                      self.ctl("set host spoof from 10.0.0.99"))
        self.assertTrue(self.answers("10.0.0.5"))
        self.daemon.stop()
        self.file.write_text(CONFIG + "set host spoof from 10.0.0.99\n")
        daemon = self.lab.start_daemon("live.conf", "-i", "inside", "--allow-spoof")
        self.addCleanup(daemon.stop)
        said = ""
        for _ in range(20):  # the command fails until the daemon is up
            said += self.attacker.run("ping", "-c1", "-W0.5", "10.0.0.5", check=False).stdout
            if "bytes from" in said:
                break
        self.assertIn("bytes from 10.0.0.99", said)

    def test_help(self):
        self.assertIn("reload", self.ctl("help"))

    def test_requests_that_are_none(self):
        for name, sent in (("not a request", b"what is this\n"), ("too long", b"text " + b"x" * 70_000)):
            with self.subTest(name), socket.socket(socket.AF_UNIX) as client:
                client.connect(str(self.path))
                client.sendall(sent)
                self.assertTrue(client.recv(100).startswith(b"error "))

    def test_clients_that_hang_or_flood_harm_nobody(self):
        idle = [socket.socket(socket.AF_UNIX) for _ in range(40)]
        for client in idle:
            client.connect(str(self.path))
        self.assertTrue(self.answers("10.0.0.5"))
        for client in idle:
            client.close()
        self.assertTrue(lab.wait_until(lambda: lab.run(
            lab.BINARY, "ctl", "--socket", self.path, "status", check=False).returncode == 0))

    def test_a_daemon_replaces_a_stale_socket_but_not_one_in_use(self):
        config = self.lab.add_file("other.conf", CONFIG.replace("10.0.0.5", "10.0.0.6"))
        arguments = ("run", "-f", config, "-i", "inside", "--control", self.path, "198.51.100.7")
        refused = self.honeynet.run(lab.BINARY, *arguments, check=False, timeout=10)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("another daemon listens at", refused.stdout)
        self.daemon.stop(signal.SIGKILL)
        self.assertTrue(os.path.exists(self.path))
        again = self.lab.start_daemon("live.conf", "-i", "inside", "--control", self.path,
                                      answers="10.0.0.5")
        self.ctl("status")
        again.stop()

    def test_without_a_daemon_it_reports_an_error(self):
        self.daemon.stop()
        self.assertIn("no daemon listens", self.ctl("status", status=1))


if __name__ == "__main__":
    lab.main()
