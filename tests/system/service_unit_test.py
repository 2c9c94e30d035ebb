"""The systemd unit: systemd-analyze accepts it, and its capabilities suffice for the daemon."""
import contextlib
import re
import sqlite3
import unittest

import lab

UNIT = (lab.ROOT / "packaging/systemd/apiary.service.in").read_text()


class Unit(lab.LabTest):
    config = None

    def test_systemd_understands_it(self):
        unit = UNIT.replace("@CMAKE_INSTALL_FULL_SBINDIR@/apiary", lab.BINARY)
        unit = unit.replace("@CMAKE_INSTALL_FULL_SYSCONFDIR@", "/etc")
        path = self.lab.add_file("apiary.service", unit, 0o644)
        done = lab.run("systemd-analyze", "verify", "--man=no", path, check=False)
        ours = [line for line in done.stdout.splitlines() if "apiary.service" in line]
        self.assertEqual(ours, [], done.stdout)
        exposure = lab.run("systemd-analyze", "security", "--offline=true", path, check=False).stdout
        print(exposure.splitlines()[-1], flush=True)

    def test_its_capabilities_suffice(self):
        capabilities = re.search(r"^CapabilityBoundingSet=(.*)$", UNIT, re.MULTILINE)[1].split()
        bounding = ",".join(["-all", *("+" + name.removeprefix("CAP_").lower()
                                       for name in capabilities)])
        self.lab.add_file("unit.conf", """
create server
add server tcp port 7 "cat"
bind 10.0.0.5 server
""", 0o644)
        store = self.lab.folder / "output" / "events.db"
        lab.run("install", "-d", "-o", "daemon", "-g", "daemon", "-m", "750", store.parent)
        daemon = self.honeynet.start(
            "setpriv", "--bounding-set", bounding, "--inh-caps", bounding, "--no-new-privs",
            lab.BINARY, "run", "-f", "unit.conf", "-i", "inside", "--control",
            self.lab.folder / "unit.sock", "--store", store, "10.0.0.0/24", cwd=self.lab.folder)
        self.addCleanup(daemon.kill)
        with self.connect_when_up("10.0.0.5", 7) as connection:
            connection.sendall(b"hello")
            self.assertEqual(connection.recv(100), b"hello")
        reload = [lab.BINARY, "ctl", "--socket", self.lab.folder / "unit.sock", "reload"]
        self.assertEqual(lab.run(*reload, check=False).returncode, 0)
        daemon.terminate()
        self.assertEqual(daemon.wait(15), 0)
        self.assertNotIn("104:", self.honeynet.ip("rule"))
        self.assertEqual(list(self.honeynet.processes()), [])
        with contextlib.closing(sqlite3.connect(store)) as events:
            self.assertGreater(events.execute("SELECT count(*) FROM events").fetchone()[0], 3)

    def connect_when_up(self, address, port):
        def connect():
            try:
                return self.attacker.connect(address, port, 1)
            except OSError:
                return None

        return lab.wait_until(connect, 15)


if __name__ == "__main__":
    lab.main()
