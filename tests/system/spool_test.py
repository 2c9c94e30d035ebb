"""A sink with a spool: no event is lost while its server is down."""
import json
import os
import pwd
import re

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
VISITS = """
import socket, sys
for number in range(int(sys.argv[1])):
    with socket.create_connection(("10.0.0.5", 7777), 5) as visit:
        visit.sendall(b"x" * 600)
"""
SERVER = """
import socket, sys
listener = socket.create_server(("127.0.0.1", 6514))
while True:
    connection, _ = listener.accept()
    with open(sys.argv[1], "ab", buffering=0) as received:
        while data := connection.recv(65536):
            received.write(data)
"""


class Spooled(lab.LabTest):
    """A syslog over TCP that is down, with a spool, also across a killed daemon."""

    def setUp(self):
        self.spool, self.received = self.lab.folder / "spool", self.lab.folder / "received"
        self.control = self.lab.folder / "control-spool"
        self.received.write_bytes(b"")
        self.events = self.lab.folder / "spooled-events.jsonl"

    def start(self):
        return self.lab.start_daemon(
            CONFIG, "-i", "inside", "10.0.0.0/8", "--control", self.control, "--events", self.events,
            "--sink", f"syslog+tcp://127.0.0.1:6514,spool={self.spool},spool-size=8M",
            answers="10.0.0.5")

    def serve(self):
        server = self.honeynet.start("python3", "-c", SERVER, self.received)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return server

    def sink(self):
        status = json.loads(lab.run(lab.BINARY, "ctl", "--socket", self.control, "--json",
                                    "status").stdout)
        return next(sink for sink in status["sinks"] if sink["name"].startswith("syslog"))

    def sent(self):
        """The ids of the events in the messages that the server has received, in order."""
        return re.findall(r'"event":\{"id":"([^"]+)"', self.received.read_text())

    def recorded(self):
        """The ids of the events of the JSON file that a syslog gets too, in order."""
        events = [json.loads(line)["event"] for line in self.events.read_bytes().splitlines()]
        return [event["id"] for event in events if event["action"] != "payload"]

    def visit(self, count):
        self.attacker.run("python3", "-c", VISITS, count)

    def wait(self, condition, daemon, timeout=20):
        self.assertTrue(lab.wait_until(condition, timeout), daemon.log())

    def test_nothing_is_lost_while_the_server_is_down_and_the_daemon_is_killed(self):
        daemon = self.start()
        self.visit(200)
        self.wait(lambda: self.sink()["spool"]["events"] >= 400, daemon)
        self.assertIn("Connection refused; messages go to the spool", self.sink()["trouble"])
        self.assertEqual(self.spool.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.spool.stat().st_uid, DAEMON.pw_uid)
        self.wait(lambda: self.sink()["spool"]["events"] == len(self.recorded()), daemon)
        daemon.process.kill()
        daemon.process.wait()

        daemon = self.start()
        self.visit(100)
        self.wait(lambda: self.sink()["spool"]["events"] >= 600, daemon)
        server = self.serve()
        self.wait(lambda: self.sink()["spool"]["events"] == 0 and self.sink()["waiting"] == 0, daemon)
        self.wait(lambda: "can send again" in daemon.log(), daemon)
        self.visit(5)
        self.wait(lambda: self.sent()[-1:] == self.recorded()[-1:] != [], daemon)
        self.assertEqual(self.sent(), self.recorded(), "each once, in order")
        self.assertEqual(self.sink()["lost"], 0)

        server.kill()
        server.wait()
        self.visit(50)
        self.wait(lambda: self.sink()["spool"]["events"] >= 100, daemon)
        self.serve()
        self.wait(lambda: self.sink()["spool"]["events"] == 0, daemon)
        self.assertEqual(daemon.stop(), 0)
        self.wait(lambda: self.sent()[-1:] == self.recorded()[-1:], daemon)
        self.assertEqual(self.sent(), self.recorded(), "each once, in order")

    def test_a_spool_that_cannot_be(self):
        self.lab.add_file("refused.conf", CONFIG, 0o644)
        (self.lab.folder / "diary").write_text("no spool")
        os.chown(self.lab.folder / "diary", DAEMON.pw_uid, DAEMON.pw_gid)
        for path, sentence in ((self.lab.folder / "diary", "is not a spool"),
                               (self.lab.folder, "this is a folder")):
            done = self.honeynet.run(
                lab.BINARY, "run", "-f", self.lab.folder / "refused.conf", "-i", "inside",
                "10.0.0.0/8", "--control", "off", "--sink",
                f"syslog+udp://127.0.0.1,spool={path}", check=False, timeout=20)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn(sentence, done.stdout)
        self.assertEqual((self.lab.folder / "diary").read_text(), "no spool")


if __name__ == "__main__":
    lab.main()
