"""Changes while the daemon runs: apiary ctl, SIGHUP, and reloads under load."""
import json
import os
import selectors
import signal
import socket
import stat
import struct
import subprocess
import time
import unittest

import lab

CONFIG = """create host
set host default tcp action reset
add host tcp port 7 "cat"
bind 10.0.0.5 host
"""
HOSTS = 4
CONNECTIONS = 200
RELOADS = 100


class Control(lab.LabTest):
    arguments = ("-i", "inside")  # claims the addresses of the configuration

    def setUp(self):
        self.path = self.lab.folder / "control"
        self.file = self.lab.add_file("live.conf", CONFIG)
        self.daemon = self.lab.start_daemon("live.conf", "-i", "inside", "--control", self.path,
                                            "--allow-uid", "4321", "--allow-uid", "1234",
                                            answers="10.0.0.5")
        self.addCleanup(self.daemon.stop)

    def ctl(self, *words, status=0):
        done = lab.run(lab.BINARY, "ctl", "--socket", self.path, *words, check=False)
        self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def answers(self, address):
        done = self.attacker.run("ping", "-c1", "-W0.5", address, check=False)
        return done.returncode == 0


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

    def test_programs_run_as_whom_a_statement_names(self):
        self.ctl('add host tcp port 8 "id -u"')
        for statement, user in (("set host uid 4321", b"4321\n"), ("set host uid 1234", b"1234\n")):
            self.ctl(statement)
            with self.attacker.connect("10.0.0.5", 8) as connection:
                self.assertEqual(connection.recv(100), user)
        self.assertIn("may not run as root", self.ctl("set host uid 0", status=1))
        refused = self.ctl("set host uid 33", status=1)
        self.assertIn("services may not run as user 33: --allow-uid does not name it", refused)
        self.assertIn("give the option --allow-uid 33", refused)

    def test_spoofing_needs_the_operators_word(self):
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

    def test_another_daemon_does_not_take_a_living_socket_but_a_dead_one(self):
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

    def test_without_a_daemon_it_says_so(self):
        self.daemon.stop()
        self.assertIn("no daemon listens", self.ctl("status", status=1))


class Reload(Control):
    def test_by_ctl_says_what_is_wrong_and_changes_nothing(self):
        self.file.write_text(CONFIG + "bind 10.0.0.300 host\n")
        self.assertIn("live.conf:5:6: error", self.ctl("reload", status=1))
        self.assertTrue(self.answers("10.0.0.5"))
        self.assertIn("the last reload failed", self.ctl("status"))
        self.file.write_text("create host\n")  # without bound addresses, which is an error
        self.ctl("reload", status=1)
        self.file.write_text(CONFIG.replace("10.0.0.5", "10.0.0.6"))
        self.ctl("reload")
        self.assertTrue(self.answers("10.0.0.6"))
        self.assertFalse(self.answers("10.0.0.5"))
        self.assertNotIn("the last reload failed", self.ctl("status"))

    def test_by_signal_goes_to_the_log(self):
        self.file.write_text(CONFIG + "bind 10.0.0.6 hots\n")
        self.daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(self.daemon.wait_for_log("was not reloaded"))
        self.assertTrue(self.daemon.wait_for_log("live.conf:5:15: error"))
        self.file.write_text(CONFIG + "bind 10.0.0.6 host\n")
        for _ in range(20):
            self.daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(self.daemon.wait_for_log("was reloaded"))
        self.assertTrue(lab.wait_until(lambda: self.answers("10.0.0.6")))

    def test_of_a_file_that_may_no_longer_be_read_says_what_to_do(self):
        self.file.chmod(0o600)
        said = self.ctl("reload", status=1)
        self.assertIn("Permission denied", said)
        self.assertIn("no longer runs as root", said)

    def test_services_and_routes_of_tun_follow(self):
        self.daemon.stop()
        daemon = self.lab.start_daemon("live.conf", "-i", "tun:bees", "--control", self.path)
        self.assertTrue(lab.wait_until(lambda: "10.0.0.5" in self.honeynet.ip("route")))
        self.ctl("bind 10.0.0.77 host")
        self.assertIn("10.0.0.77 dev bees", self.honeynet.ip("route"))
        self.assertEqual(self.honeynet.run("ping", "-c1", "-W1", "10.0.0.77").returncode, 0)
        self.ctl("reload")
        self.assertNotIn("10.0.0.77", self.honeynet.ip("route"))
        daemon.stop()


class Echo:
    """A connection to `cat`: sends without end, and checks that the same bytes come back."""

    WINDOW = 6_000  # bytes in flight

    def __init__(self, machine, address, number):
        self.socket = machine.connect(address, 7)
        self.socket.setblocking(False)
        self.number, self.sent, self.received = number, 0, 0

    def byte_at(self, start, count):
        """The bytes of its stream, different for each connection."""
        pattern = bytes((i * 7 + self.number) % 251 for i in range(251))
        turn = start % 251
        return (pattern[turn:] + pattern * (count // 251 + 1))[:count]

    def send(self):
        room = min(self.WINDOW - (self.sent - self.received), 2_000)
        if room > 0:
            self.sent += self.socket.send(self.byte_at(self.sent, room))

    def receive(self):
        part = self.socket.recv(1 << 16)
        if not part:
            raise AssertionError(f"connection {self.number} was closed")
        if part != self.byte_at(self.received, len(part)):
            raise AssertionError(f"connection {self.number}: other bytes came back")
        self.received += len(part)


class UnderLoad(Control):
    """Many connections during many reloads."""

    BINDS = "".join(f"bind 10.0.1.{i + 1} host\n" for i in range(HOSTS))

    def converse(self, echoes, until):
        """Lets all of them send and receive until `until()`."""
        with selectors.DefaultSelector() as selector:
            for echo in echoes:
                selector.register(echo.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, echo)
            while not until():
                for key, events in selector.select(0.1):
                    if events & selectors.EVENT_READ:
                        key.data.receive()
                    if events & selectors.EVENT_WRITE:
                        key.data.send()
                time.sleep(0.02)  # leaves time to the rest of the machine

    def test_no_byte_is_lost(self):
        self.file.write_text(CONFIG + self.BINDS)
        self.ctl("reload")
        echoes = [Echo(self.attacker, f"10.0.1.{i % HOSTS + 1}", i) for i in range(CONNECTIONS)]
        reloads = {True: 0, False: 0}
        under_way = None

        def step():
            """Starts the next reload when the last one is complete. Returns whether all are."""
            nonlocal under_way
            if under_way is not None:
                if under_way.poll() is None:
                    return False
                good = under_way.returncode == 0
                self.assertEqual(good, sum(reloads.values()) % 10 != 9, under_way.stdout.read())
                reloads[good] += 1
                under_way.stdout.close()
            count = sum(reloads.values())
            if count == RELOADS:
                return True
            text = CONFIG + self.BINDS + f"bind 10.0.2.{count + 1} host\n"
            self.file.write_text(text + ("bind what\n" if count % 10 == 9 else ""))
            under_way = subprocess.Popen(
                [lab.BINARY, "ctl", "--socket", str(self.path), "reload"],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            return False

        self.converse(echoes, step)
        for echo in echoes:  # and the bytes still in flight
            echo.send = lambda: None
        end = time.monotonic() + 20
        self.converse(echoes, lambda: all(e.sent == e.received for e in echoes) or
                      time.monotonic() > end)
        self.assertEqual(reloads, {True: RELOADS * 9 // 10, False: RELOADS // 10})
        for echo in echoes:
            self.assertEqual(echo.received, echo.sent)
            self.assertGreater(echo.received, 20_000)
            echo.socket.close()
        print(f"{sum(e.received for e in echoes)} bytes there and back, none lost")


class Sequences(Control):
    """Unchanged hosts continue their sequences."""

    def probe(self):
        """The IP ID and the timestamp of a SYN/ACK."""
        with self.attacker.inside():
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x800))
        wire.bind(("outside", 0x800))
        wire.settimeout(5)
        with wire, self.attacker.connect("10.0.0.5", 7):
            while True:
                frame = wire.recv(2048)
                if frame[26:30] != bytes((10, 0, 0, 5)) or frame[47] != 0x12:
                    continue
                header = (frame[46] >> 4) * 4
                options = frame[54:34 + header]
                at = options.find(b"\x08\x0a")
                return (struct.unpack(">H", frame[18:20])[0],
                        struct.unpack(">I", options[at + 2:at + 6])[0])

    def test_ip_ids_and_timestamps_go_on(self):
        # A system with one IP ID counter for all packets, and with timestamps.
        self.file.write_text(CONFIG + 'set host personality "Microsoft Windows 7 SP1"\n')
        self.ctl("reload")
        begun = time.monotonic()
        first_id, first_time = self.probe()
        for _ in range(5):
            self.ctl("reload")
        second_id, second_time = self.probe()
        passed = time.monotonic() - begun
        self.assertIn((second_id - first_id) % 65_536, range(1, 40))
        self.assertLess((second_time - first_time) % (1 << 32), (passed + 1) * 1000)


if __name__ == "__main__":
    lab.main()
