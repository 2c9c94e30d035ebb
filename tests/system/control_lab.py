"""A daemon with a control socket."""
import lab

CONFIG = """create host
set host default tcp action reset
add host tcp port 7 "cat"
bind 10.0.0.5 host
"""


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
