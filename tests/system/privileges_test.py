"""The daemon without some of its privileges, and without root."""
import lab
from interface_lab import CONFIG, Interfaces


class Privileges(Interfaces):
    def start_without(self, bounding, *arguments, prefix=(), drop=()):
        name = f"rights-{len(lab.logs)}.conf"
        self.lab.add_file(name, CONFIG)
        daemon = lab.Daemon.__new__(lab.Daemon)
        daemon.log_path = self.lab.folder / f"rights-{len(lab.logs)}.log"
        lab.logs.append(daemon)
        self.lab.daemons.append(daemon)
        with open(daemon.log_path, "w") as log:
            daemon.process = self.honeynet.start(
                *prefix, "setpriv", "--bounding-set", bounding, "--inh-caps", bounding,
                lab.BINARY, "run", "-f", name, "--control", "off",
                *(arguments or self.arguments), stdout=log, stderr=log, cwd=self.lab.folder)
        self.addCleanup(daemon.stop)
        return daemon

    def test_without_net_admin_it_runs_with_a_warning(self):
        daemon = self.start_without("-net_admin")
        self.wait(self.answers, daemon)
        self.assertIn("CAP_NET_ADMIN is missing", daemon.log())
        self.assertIn("--cap-add NET_ADMIN", daemon.log())
        with self.attacker.connect("10.0.0.5", 7) as connection:
            connection.sendall(b"hello")
            self.assertEqual(connection.recv(100), b"hello")
        status = (open(f"/proc/{daemon.process.pid}/status").read())
        self.assertRegex(status, r"CapPrm:\s+0{16}\n")
        self.assertRegex(status, r"Uid:\s+1\s+1\s+1")
        self.assertEqual(daemon.stop(), 0)

    def test_what_docker_gives(self):
        given = ("-all,+chown,+dac_override,+fsetid,+fowner,+mknod,+net_raw,+setgid,+setuid,"
                 "+setfcap,+setpcap,+net_bind_service,+sys_chroot,+kill,+audit_write")
        daemon = self.start_without(given)
        self.wait(self.answers, daemon)
        self.assertEqual(daemon.stop(), 0)

    def test_without_setpcap_it_runs(self):
        daemon = self.start_without("-setpcap")
        self.wait(self.answers, daemon)
        self.assertEqual(daemon.stop(), 0)
        self.assertNotIn("104:", self.honeynet.ip("rule"))

    def test_what_is_missing_is_named(self):
        for bounding, arguments, said in (
                ("-net_raw", (), ("CAP_NET_RAW: to open packet sockets", "--cap-add NET_RAW",
                                  "CapabilityBoundingSet=CAP_NET_RAW")),
                ("-setuid", (), ("CAP_SETUID: to become other users", "--cap-add SETUID")),
                ("-setgid,-setuid", (), ("CAP_SETGID", "CAP_SETUID",
                                         "--cap-add SETUID --cap-add SETGID")),
                ("-net_admin", ("-i", "tun:bees5", "10.0.0.0/24"),
                 ("CAP_NET_ADMIN: to create interfaces", "--cap-add NET_ADMIN"))):
            with self.subTest(bounding=bounding):
                daemon = self.start_without(bounding, *arguments)
                self.assertEqual(daemon.process.wait(15), 1)
                for part in said:
                    self.assertIn(part, daemon.log())
                self.assertNotIn("libcap-ng", daemon.log())

    def test_not_root(self):
        daemon = self.start_without("-all", prefix=("setpriv", "--reuid", "nobody", "--regid",
                                                    "nogroup", "--clear-groups"))
        self.assertEqual(daemon.process.wait(15), 1)
        for part in ("CAP_NET_RAW", "sudo", "setcap cap_net_raw", "AmbientCapabilities=CAP_NET_RAW"):
            self.assertIn(part, daemon.log())

    def test_a_user_with_ambient_capabilities(self):
        self.lab.add_file("ambient.conf", CONFIG)
        log = open(self.lab.folder / "ambient.log", "w")
        process = self.honeynet.start(
            "setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--inh-caps",
            "+net_raw,+net_admin", "--ambient-caps", "+net_raw,+net_admin", lab.BINARY, "run", "-f",
            "ambient.conf", "--control", "off", *self.arguments, stdout=log, stderr=log,
            cwd=self.lab.folder)
        self.addCleanup(process.kill)
        self.assertTrue(lab.wait_until(self.answers, 15), open(log.name).read())
        status = open(f"/proc/{process.pid}/status").read()
        self.assertRegex(status, r"CapPrm:\s+0000000000001000\n", "CAP_NET_ADMIN alone is kept")
        process.terminate()
        self.assertEqual(process.wait(15), 0)

    def test_a_user_namespace(self):
        """Root of a user namespace without other users."""
        script = (f"ip link set lo up; ip link add inside type veth peer name outside; "
                  f"ip link set inside up; ip link set outside up; exec {lab.BINARY} run "
                  f"-f userns.conf -i inside --control off 10.0.0.0/24 ")
        self.lab.add_file("userns.conf", CONFIG)
        done = lab.run("timeout", "20", "unshare", "-rn", "bash", "-c", script, check=False,
                       cwd=self.lab.folder)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("this user namespace has no users 2000000000 to 2000065535", done.stdout)
        self.assertIn("--contain best-effort", done.stdout)
        done = lab.run("timeout", "20", "unshare", "-rn", "bash", "-c",
                       script + "--contain best-effort", check=False, cwd=self.lab.folder)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("does not exist in this user namespace", done.stdout)
        self.assertIn("--daemon-user root", done.stdout)
        log = open(self.lab.folder / "userns.log", "w")
        process = lab.subprocess.Popen(
            ["unshare", "-rn", "bash", "-c",
             script + "--daemon-user root --contain best-effort"],
            stdout=log, stderr=log, cwd=self.lab.folder)
        self.addCleanup(process.kill)
        up = lab.wait_until(lambda: "answering for" in open(log.name).read(), 15)
        self.assertTrue(up, open(log.name).read())
        process.terminate()
        self.assertEqual(process.wait(15), 0)


if __name__ == "__main__":
    lab.main()
