"""The dashboard in Chromium, of a daemon that a real nmap scans at the same time."""
import os

import lab

PICTURE = os.environ.get("APIARY_PICTURE", "")  # path for a screenshot of the map


class Page(lab.LabTest):
    config = "figure5.conf"
    answers = "10.1.0.2"

    @classmethod
    def prepare(cls):
        cls.lab.copy_examples()
        cls.arguments = ("-i", "inside", "10.0.0.0/8", "--control", cls.lab.folder / "control",
                         "--web", "127.0.0.1:8080", "--web-token",
                         cls.lab.add_file("token", lab.TOKEN, 0o600))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attacker.run("curl", "-s", "http://10.1.0.2/")
        cls.attacker.shell("(sleep .5; echo admin; sleep .5; echo '<script>'; sleep .5) |"
                           " telnet 10.0.0.1", check=False)
        scan = cls.attacker.start(
            "bash", "-c", "while true; do nmap -n -Pn -sS -T4 -p1-1000 10.0.0.1 10.1.0.2;"
                          " curl -s http://10.1.0.2/; ping -c2 -i.2 10.0.0.1; done",
            stdout=lab.subprocess.DEVNULL, stderr=lab.subprocess.DEVNULL, start_new_session=True)
        cls.addClassCleanup(lambda: (os.killpg(scan.pid, lab.signal.SIGKILL), scan.wait()))

    def browse(self, file):
        environment = os.environ | {"APIARY_URL": "http://127.0.0.1:8080", "APIARY_TOKEN": lab.TOKEN,
                                    "APIARY_PICTURE": PICTURE}
        done = self.honeynet.run("node", "--test", lab.ROOT / "web/tests" / file, env=environment,
                                 check=False, timeout=200)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_views(self):
        self.browse("views.test.mjs")

    def test_what_happens(self):
        print(next(line for line in self.browse("live.test.mjs").splitlines()
                   if "longest frame" in line))


if __name__ == "__main__":
    lab.main()
