"""A network in which packets arrive; the tests of apiary doctor disturb it."""
import contextlib
import json
import os
import shutil
import subprocess

import lab

NETS = ("192.0.2.64/26", "10.0.0.0/8")
CONFIG = """
create server
set server default tcp action reset
set server default udp action reset
bind 192.0.2.77 server
bind 10.0.0.0/24 server
"""
PROXY_CONFIG = CONFIG + "add server tcp port 22 proxy 192.0.2.50:22\n"
OWN_MAC_CONFIG = CONFIG + 'set server ethernet "00:11:22:33:44:55"\n'


class DoctorTest(lab.LabTest):
    """The daemon's machine .1 and a real machine .50 on a switch, and a router .254 that sends
    10.0.0.0/8 to .1; the attacker is behind the router."""

    @classmethod
    def setUpClass(cls):
        cls.lab = lab.Lab()
        cls.addClassCleanup(cls.lab.remove)
        cls.attacker, cls.honeynet = cls.lab.attacker, cls.lab.honeynet
        cls.honeynet.ip("link", "del", "inside")
        cls.switch = cls.lab.add_machine("switch")
        cls.switch.ip("link", "add", "bridge", "type", "bridge")
        cls.switch.ip("link", "set", "bridge", "up")
        cls.router, cls.real = cls.lab.add_machine("router"), cls.lab.add_machine("real")
        for machine, number in ((cls.honeynet, 1), (cls.real, 50), (cls.router, 254)):
            lab.connect_wire(machine, "eth0", cls.switch, f"port{number}")
            cls.switch.ip("link", "set", f"port{number}", "master", "bridge")
            machine.ip("address", "add", f"192.0.2.{number}/24", "dev", "eth0")
        lab.connect_wire(cls.attacker, "outside", cls.router, "visitors")
        cls.attacker.ip("address", "add", "198.51.100.2/24", "dev", "outside")
        cls.router.ip("address", "add", "198.51.100.1/24", "dev", "visitors")
        cls.attacker.ip("route", "add", "default", "via", "198.51.100.1")
        cls.router.shell("sysctl -qw net.ipv4.ip_forward=1")
        cls.router.ip("route", "add", "10.0.0.0/8", "via", "192.0.2.1")
        cls.honeynet.ip("route", "add", "default", "via", "192.0.2.254")
        cls.file = cls.lab.add_file("test.conf", CONFIG, 0o644)
        cls.proxy_file = cls.lab.add_file("proxy.conf", PROXY_CONFIG, 0o644)
        cls.mac_file = cls.lab.add_file("mac.conf", OWN_MAC_CONFIG, 0o644)
        shutil.copy(lab.BINARY, cls.lab.folder / "apiary")
        cls.lab.add_file("sudo", '#!/bin/sh\nexec "$@"\n')  # the tests run as root
        cls.environment = dict(os.environ, PATH=f"{cls.lab.folder}:{os.environ['PATH']}")

    def shell(self, machine, script, **options):
        return machine.shell(script, env=self.environment, **options)

    def ask(self, command, prefix=""):
        """The doctor's findings by check; the worst if a check has several."""
        done = self.shell(self.honeynet, f"{prefix}{command} --json", check=False)
        try:
            report = json.loads(done.stdout)
        except ValueError:
            self.fail(f"{command} prints no JSON:\n{done.stdout}")
        self.assertEqual(done.returncode, 1 if report["verdict"] == "fail" else 0)
        order = ("ok", "warn", "fail")
        checks = {}
        for check in sorted(report["checks"], key=lambda check: order.index(check["verdict"])):
            checks[check["name"]] = check
        return checks

    def doctor(self, *arguments, interface="eth0", file=None, nets=NETS):
        words = ["apiary", "doctor", "-i", interface, *(("-f", file) if file else ()), *arguments, *nets]
        return " ".join(map(str, words))

    def found(self, name, verdict, command, prefix=""):
        """The finding of that check, which must have that status."""
        checks = self.ask(command, prefix)
        self.assertIn(name, checks)
        self.assertEqual(checks[name]["verdict"], verdict, checks[name])
        return checks[name]

    def mend(self, name, verdict, command, machine=None, edit=lambda words: words):
        """Expects a finding, runs the printed command, and expects that the check passes."""
        finding = self.found(name, verdict, command)
        printed = finding["command"]
        self.assertTrue(printed, finding)
        print(f"\n    {name}: {printed}", end=" ", flush=True)
        if printed.startswith("apiary doctor"):
            command = printed
        else:
            self.shell(machine or self.honeynet, edit(printed))
        after = self.ask(command).get(name, {"verdict": "ok"})
        self.assertEqual(after["verdict"], "ok", after)
        return finding

    @contextlib.contextmanager
    def doing(self, machine, script, undo):
        self.shell(machine, script)
        try:
            yield
        finally:
            self.shell(machine, undo, check=False)

    @contextlib.contextmanager
    def in_another_view(self, script):
        """A mount namespace prepared by the script. Yields the command prefix that enters it."""
        holder = self.honeynet.start("unshare", "--mount", "bash", "-ec", f"{script}; echo; exec sleep 100",
                                     stdout=subprocess.PIPE)
        try:
            self.assertTrue(holder.stdout.readline(), script)
            yield f"nsenter --mount=/proc/{holder.pid}/ns/mnt "
        finally:
            holder.kill()
            holder.wait()
            holder.stdout.close()

    def files_of_the_kernel(self, script):
        """A view with other files in /sys/class: it keeps the names of interfaces, nothing else."""
        names = "for i in $(ls /sys/class/net); do mkdir -p /run/net/$i; done"
        return self.in_another_view("mount -t tmpfs none /run; " + names + "; mount -t tmpfs none /sys/class; "
                                    "cp -r /run/net /sys/class/net; " + script)

    @contextlib.contextmanager
    def daemon(self, *arguments, file="test.conf"):
        daemon = lab.Daemon(self.honeynet, self.lab.folder, "-f", file, "--control", "off", *arguments)
        self.lab.daemons.append(daemon)
        self.assertTrue(daemon.wait_for_log("answering for"), daemon.log())
        try:
            yield daemon
        finally:
            daemon.stop()

    def reaches(self, address="10.0.0.5", machine=None):
        return (machine or self.attacker).run("ping", "-c2", "-i0.2", "-W1", address,
                                              check=False).returncode == 0
