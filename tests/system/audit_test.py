"""`apiary audit --live`: a real kernel passes, a daemon's hosts pass, and faults are found."""
import contextlib
import json
import time

import lab
from faulty_hosts import FaultyHosts

CONFIG = """
create web
set web personality "Linux 4.15 - 5.6"
set web ethernet "Dell"
set web default tcp action reset
add web tcp port 80 "sh scripts/web.sh"
create printer
set printer personality "HP LaserJet P1606dn printer"
set printer ethernet "Hewlett Packard"
set printer default tcp action reset
add printer tcp port 9100 open
bind 192.0.2.51 web
bind 192.0.2.62 printer
"""
FAULTY = [f"192.0.2.{host}" for host in (101, 108, 115, 122)]


class LiveAudit(lab.LabTest):
    @classmethod
    def prepare(cls):
        cls.lab.copy_examples()

    def audit(self, *targets, listen="7s"):
        done = self.attacker.run(lab.BINARY, "audit", "--live", "--json", "-i", "outside", "--rate", "2000", "--listen",
                                 listen, *targets, check=False, timeout=150)
        self.assertIn(done.returncode, (0, 1), done.stdout)
        report = json.loads(done.stdout[done.stdout.index("{"):])
        self.assertEqual(report["fails"], done.returncode == 1)
        return {tell["id"]: tell for tell in report["tells"]}

    def failing(self, tells):
        return {name: f"{tell['explanation']} {tell['hosts']}" for name, tell in tells.items()
                if tell["verdict"] == "fail"}

    def test_a_real_kernel_and_hosts_of_the_daemon_pass(self):
        daemon = self.lab.start_daemon(CONFIG, "-i", "inside", answers="192.0.2.51")
        server = self.honeynet.start("python3", "-m", "http.server", "80", stdout=-3, stderr=-3)
        try:
            self.assertTrue(lab.wait_until(lambda: self.listens("192.0.2.1", 80)))
            tells = self.audit("192.0.2.1", "192.0.2.51", "192.0.2.62")
        finally:
            server.kill()
            server.wait()
            daemon.stop()
        self.assertEqual(self.failing(tells), {})
        for passed in ("T1", "T2", "T3", "T4", "T5", "T8", "T9", "T13", "T18", "T22", "T24", "T29", "T30", "T31"):
            self.assertEqual(tells[passed]["verdict"], "pass", tells[passed])

    def listens(self, address, port):
        with contextlib.suppress(OSError):
            self.attacker.connect(address, port, 1).close()
            return True
        return False

    def test_faults_are_found(self):
        hosts = FaultyHosts(self.honeynet, "inside", FAULTY)
        try:
            time.sleep(0.2)
            tells = self.audit("192.0.2.96/27")
        finally:
            hosts.close()
        found = self.failing(tells)
        for fault in ("T3", "T4", "T5", "T7", "T8", "T9", "T11", "T12", "T13", "T18", "T21", "T22", "T25", "T31"):
            self.assertIn(fault, found)

    def test_it_refuses_what_it_cannot_do(self):
        for arguments, sentence in ((("-i", "outside", "10.0.0.0/16"), "name at most 256"),
                                    (("-i", "nowhere", "192.0.2.1"), "no interface"),
                                    (("-i", "outside", "192.0.2.222"), "no host answers"),
                                    (("192.0.2.1",), "-i INTERFACE")):
            done = self.attacker.run(lab.BINARY, "audit", "--live", *arguments, check=False)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn(sentence, done.stdout)
        done = self.attacker.run("setpriv", "--reuid=65534", "--clear-groups", lab.BINARY, "audit", "--live", "-i",
                                 "outside", "192.0.2.1", check=False)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("CAP_NET_RAW", done.stdout)


if __name__ == "__main__":
    lab.main()
