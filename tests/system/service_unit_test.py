"""The systemd units: systemd-analyze accepts them, and what they leave to the daemon and to its
spawner suffices for both."""
import contextlib
import os
import pathlib
import re
import shutil
import sqlite3
import sys
import unittest

import lab

FOLDER = lab.ROOT / "packaging/systemd"
UNITS = {"apiary.service": "apiary.service.in",
         "apiary-spawner@1.service": "apiary-spawner@.service.in"}
UNDER_UNIT = [sys.executable, "-B", lab.ROOT / "tests/system/systemd_unit.py"]
# The sanitizer looks for leaks by system calls that units forbid.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}


class Units(lab.LabTest):
    config = None

    def unit_files(self):
        """All units as they are installed, in a folder."""
        for name, source in UNITS.items():
            text = (FOLDER / source).read_text()
            text = text.replace("@CMAKE_INSTALL_FULL_SBINDIR@/apiary", lab.BINARY)
            text = text.replace("@CMAKE_INSTALL_FULL_SYSCONFDIR@", "/etc")
            self.lab.add_file(name, text, 0o644)
        self.lab.add_file("apiary-spawner.socket",
                          (FOLDER / "apiary-spawner.socket").read_text(), 0o644)
        shutil.copy(self.lab.folder / "apiary-spawner@1.service",
                    self.lab.folder / "apiary-spawner@.service")
        return {name: self.lab.folder / name for name in UNITS}

    def test_systemd_understands_them(self):
        for path in [*self.unit_files().values(), self.lab.folder / "apiary-spawner.socket"]:
            done = lab.run("systemd-analyze", "verify", "--man=no", path, check=False)
            ours = [line for line in done.stdout.splitlines() if "apiary" in line]
            self.assertEqual(ours, [], done.stdout)

    def test_they_expose_little(self):
        for name, path in self.unit_files().items():
            exposure = lab.run("systemd-analyze", "security", "--offline=true", "--no-pager", path,
                               check=False).stdout
            level = float(re.search(r"exposure level for .*: ([0-9.]+)", exposure)[1])
            print(f"{name}: {level}", flush=True)
            self.assertLessEqual(level, 2.0, exposure)

    def test_control_groups_cost_little(self):
        self.unit_files()
        path = self.lab.folder / "apiary-spawner@1.service"
        text = path.read_text() + (FOLDER / "control-groups.conf").read_text().split("[Service]\n")[1]
        path.write_text(text)
        done = lab.run("systemd-analyze", "verify", "--man=no", path, check=False)
        self.assertEqual([line for line in done.stdout.splitlines() if "apiary" in line], [], done.stdout)
        exposure = lab.run("systemd-analyze", "security", "--offline=true", "--no-pager", path,
                           check=False).stdout
        level = float(re.search(r"exposure level for .*: ([0-9.]+)", exposure)[1])
        print(f"apiary-spawner@1.service with control groups: {level}", flush=True)
        self.assertLessEqual(level, 2.1, exposure)

    def test_what_they_leave_suffices(self):
        units = self.unit_files()
        self.lab.add_file("unit.conf", """
create server
set server default tcp action reset
add server tcp port 7 "cat"
add server tcp port 8 "sh -c 'read x; cat /proc/self/status; cat /proc/1/status; hostname'"
add server subsystem "python3 -m http.server 81"
bind 10.0.0.5 server
""", 0o644)
        sockets = self.lab.folder / "sockets"
        output = self.lab.folder / "output"
        for folder in sockets, output:
            lab.run("install", "-d", "-o", "daemon", "-g", "daemon", "-m", "750", folder)
        spawner = self.honeynet.start(
            "systemd-socket-activate", "--seqpacket", "--accept", "-E", "ASAN_OPTIONS", "-l",
            sockets / "spawner", *UNDER_UNIT, units["apiary-spawner@1.service"], lab.BINARY,
            "spawner", "-f", "unit.conf", cwd=self.lab.folder, env=ENVIRONMENT)
        self.addCleanup(spawner.wait)
        self.addCleanup(spawner.kill)
        lab.wait_until((sockets / "spawner").exists, 15)
        lab.run("chown", "daemon:", sockets / "spawner")
        daemon = self.honeynet.start(
            *UNDER_UNIT, units["apiary.service"], lab.BINARY, "run", "-f", "unit.conf", "-i",
            "inside", "--control", sockets / "control", "--spawner", sockets / "spawner", "--store",
            output / "events.db", "10.0.0.0/24", cwd=self.lab.folder, env=ENVIRONMENT)
        self.addCleanup(daemon.kill)
        with self.connect_when_up("10.0.0.5", 7) as connection:
            connection.sendall(b"hello")
            self.assertEqual(connection.recv(100), b"hello")
        self.check_sandbox()
        with self.connect_when_up("10.0.0.5", 81) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            self.assertIn(b"Server: SimpleHTTP", lab.read_all(connection))
        self.check_daemon(daemon.pid)
        reload = [lab.BINARY, "ctl", "--socket", sockets / "control", "reload"]
        self.assertEqual(lab.run(*reload, check=False).returncode, 0)
        daemon.terminate()
        self.assertEqual(daemon.wait(15), 0)
        self.assertNotIn("104:", self.honeynet.ip("rule"))
        spawner.kill()
        spawner.wait()
        lab.wait_until(lambda: not self.honeynet.processes(), 5)
        self.assertEqual(list(self.honeynet.processes()), [])
        with contextlib.closing(sqlite3.connect(output / "events.db")) as events:
            self.assertGreater(events.execute("SELECT count(*) FROM events").fetchone()[0], 3)

    def check_sandbox(self):
        """The program and process 1 of its sandbox are users of their own, the program without
        capabilities, in a namespace of processes."""
        with self.connect_when_up("10.0.0.5", 8) as connection:
            connection.settimeout(5)
            connection.sendall(b"\n")
            answer = b""
            while data := connection.recv(10000):
                answer += data
        answer = answer.decode()
        users = [int(line.split()[1]) for line in answer.splitlines() if line.startswith("Uid:")]
        self.assertGreaterEqual(users[0], 2_000_000_000, answer)
        self.assertIn("CapBnd:\t0000000000000000", answer)
        self.assertIn("Groups:\t \n", answer)

    def check_daemon(self, process):
        status = pathlib.Path(f"/proc/{process}/status").read_text()
        for line in "Seccomp:\t2", "Seccomp_filters:\t2", "NoNewPrivs:\t1":
            self.assertIn(line, status)
        for task in pathlib.Path(f"/proc/{process}/task").iterdir():
            self.assertIn("Seccomp_filters:\t2", (task / "status").read_text())
        # What a process that may not be dumped has in /proc is root's.
        self.assertEqual(pathlib.Path(f"/proc/{process}/environ").stat().st_uid, 0)

    def connect_when_up(self, address, port):
        def connect():
            try:
                connection = self.attacker.connect(address, port, 1)
                connection.settimeout(10)
                return connection
            except OSError:
                return None

        return lab.wait_until(connect, 15)


if __name__ == "__main__":
    lab.main()
