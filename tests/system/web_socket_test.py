"""The dashboard at a Unix socket, `apiary web`, and invalid places for the dashboard."""
import grp
import json
import os
import pathlib
import pwd
import re
import stat
import time

import lab
from web_lab import CONFIG, TOKEN


class OfASocket(lab.LabTest):
    """The dashboard at a Unix socket, and `apiary web`."""
    config = CONFIG
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.lab.copy_examples()
        cls.socket = cls.lab.folder / "output" / "web.sock"
        cls.socket.parent.mkdir(exist_ok=True)
        owner = pwd.getpwnam("daemon")
        os.chown(cls.socket.parent, owner.pw_uid, owner.pw_gid)
        cls.arguments = ("-i", "inside", "10.0.0.0/8", f"--web=unix:{cls.socket}")

    def ask(self, path, *options):
        return lab.run("curl", "-sS", "--max-time", "20", "--unix-socket", self.socket, *options,
                       f"http://localhost{path}").stdout

    def open_page(self, *arguments, **options):
        """Starts `apiary web`. Returns it and its first URL, divided at the code."""
        page = lab.subprocess.Popen([lab.BINARY, "web", *map(str, arguments), str(self.socket)],
                                    stdout=lab.subprocess.PIPE, text=True, **options)
        self.addCleanup(page.stdout.close)
        self.addCleanup(page.wait)
        self.addCleanup(page.terminate)
        return page, *self.next_url(page)

    @staticmethod
    def next_url(page):
        for line in iter(page.stdout.readline, ""):
            if found := re.search(r"(http://127\.0\.0\.1:\d+)/#code=(\S+)", line):
                return found.groups()
        raise AssertionError("no URL")

    @staticmethod
    def curl(url, *options):
        """The status and the body."""
        done = lab.run("curl", "-sS", "--noproxy", "*", "--max-time", "20", "-w", "\n%{http_code}", *options,
                       url).stdout
        body, _, status = done.rpartition("\n")
        return int(status), body

    def test_its_group_needs_no_token(self):
        file = self.socket.stat()
        self.assertEqual((stat.S_IMODE(file.st_mode), file.st_gid), (0o660, pwd.getpwnam("daemon").pw_gid))
        self.assertIn(f"dashboard: apiary web {self.socket}", self.daemon.log())
        self.assertTrue(json.loads(self.ask("/api/status"))["may_change"])
        self.assertIn("apiary_received_packets_total", self.ask("/metrics"))
        text = json.loads(self.ask("/api/configuration"))["text"]
        changed = self.lab.add_file("changed.conf", text + "bind 10.0.0.78 server\n")
        answer = json.loads(self.ask("/api/configuration", "-X", "PUT", "--data-binary", f"@{changed}"))
        self.assertTrue(answer["ok"], answer)
        self.assertTrue(json.loads(self.ask("/api/reload", "-d", ""))["ok"])

    def test_the_audit(self):
        audit = json.loads(self.ask("/api/audit"))
        self.assertEqual([tell["id"] for tell in audit["tells"]], [f"T{number}" for number in range(1, 32)])
        self.assertTrue(1 <= audit["hosts"] <= 16, audit)
        self.assertIn("pass", {tell["verdict"] for tell in audit["tells"]}, audit)

    def test_others_may_not_open_it(self):
        curl = ("curl", "-sS", "--unix-socket", self.socket, "http://localhost/api/status")
        for user in ("nobody", "games"):
            done = lab.run("setpriv", f"--reuid={user}", "--regid=nogroup", "--clear-groups", *curl, check=False)
            self.assertNotEqual(done.returncode, 0, done.stdout)
        done = lab.run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", lab.BINARY, "web",
                       self.socket, check=False, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn("(use sudo, or become a member of the group of apiary run --web-group): Permission denied",
                      done.stdout)
        done = lab.run("setpriv", "--reuid=nobody", "--regid=daemon", "--clear-groups", *curl)
        self.assertIn("received_packets", done.stdout)

    def test_apiary_web_is_for_the_user_who_has_its_url(self):
        page, at, code = self.open_page()
        self.assertEqual(self.curl(f"{at}/api/status")[0], 401)
        self.assertIn("open the URL that apiary web printed last", self.curl(f"{at}/api/status")[1])
        self.assertEqual(self.curl(f"{at}/")[0], 200)
        self.assertEqual(self.curl(f"{at}/api/login", "-d", "guess")[0], 403)
        status, answer = self.curl(f"{at}/api/login", "-d", code)
        self.assertEqual(status, 200)
        bearer = ("-H", f"Authorization: Bearer {json.loads(answer)['token']}")
        self.assertEqual(self.curl(f"{at}/api/login", "-d", code)[0], 403, "it works once")
        again, second = self.next_url(page)
        self.assertEqual(again, at)
        self.assertNotEqual(second, code)
        self.assertEqual(self.curl(f"{at}/api/status", *bearer)[0], 200)
        self.assertEqual(self.curl(f"{at}/api/status", *bearer, "-H", "Host: evil.example")[0], 421)
        self.assertEqual(self.curl(f"{at}/api/status", *bearer, "-H", "Sec-Fetch-Site: cross-site")[0], 403)
        self.assertEqual(self.curl(f"{at}/api/reload", *bearer, "-d", "")[0], 200)
        self.assertIn("address", self.curl(f"{at}/api/export/hosts", *bearer)[1].splitlines()[0])
        self.assertEqual(json.loads(self.curl(f"{at}/api/hosts?query=10.1.0.0/28", *bearer)[1])["total"], 16)
        self.assertEqual({line.split(":")[1].split()[0] for line in
                          pathlib.Path(f"/proc/{page.pid}/status").read_text().splitlines()
                          if line.startswith(("Uid", "CapEff"))},
                         {str(pwd.getpwnam("nobody").pw_uid), "0" * 16})

    def test_the_stream_comes_through_apiary_web(self):
        _, at, code = self.open_page("--port", "18099")
        self.assertEqual(at, "http://127.0.0.1:18099")
        token = json.loads(self.curl(f"{at}/api/login", "-d", code)[1])["token"]
        follower = lab.subprocess.Popen(
            ["curl", "-sN", "--noproxy", "*", "-H", f"Authorization: Bearer {token}",
             f"{at}/api/stream?kind=flow_start"], stdout=lab.subprocess.PIPE, text=True)
        self.addCleanup(follower.stdout.close)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.terminate)
        time.sleep(0.5)
        self.attacker.run("curl", "-s", "http://10.1.0.200/")
        lines = iter(follower.stdout.readline, "")
        event = json.loads(next(l for l in lines if l.startswith("data:"))[len("data:"):])
        self.assertEqual(event["destination"]["ip"], "10.1.0.200")

    def test_a_port_in_use_is_reported(self):
        _, at, _ = self.open_page()
        done = lab.run(lab.BINARY, "web", "--port", at.rpartition(":")[2], self.socket, check=False, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn("choose another port with --port", done.stdout)


class Places(lab.LabTest):
    """Where the socket and the token are without options for them, and what is left of them."""

    config = None

    def start(self, *arguments):
        return self.lab.start_daemon(CONFIG, "-i", "inside", "10.0.0.0/16", *arguments, answers="10.0.0.5")

    def test_the_socket_goes_with_the_daemon(self):
        folder = self.lab.folder / "sockets"
        folder.mkdir()
        owner = pwd.getpwnam("daemon")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        path = folder / "web.sock"
        daemon = self.start(f"--web=unix:{path}")
        second = self.honeynet.run(lab.BINARY, "run", "-f", "test.conf", "-i", "inside", "10.99.0.0/16",
                                   "--control", "off", f"--web=unix:{path}", check=False, timeout=20,
                                   cwd=self.lab.folder)
        self.assertIn(f"another daemon listens at {path}: choose another path with --web unix:PATH",
                      second.stdout)
        self.assertEqual(daemon.stop(), 0)
        self.assertFalse(path.exists())
        self.start(f"--web=unix:{path}").stop(lab.signal.SIGKILL)
        self.assertTrue(path.exists())
        again = self.start(f"--web=unix:{path}", "--web-group", "games")
        self.assertEqual(path.stat().st_gid, grp.getgrnam("games").gr_gid)
        self.assertEqual(again.stop(), 0)

    def test_the_usual_places(self):
        """A mount namespace keeps this from the machine's /run."""
        script = f"""mount -t tmpfs none /run; cd {self.lab.folder}
            {lab.BINARY} run -f test.conf -i inside 10.0.0.0/8 --control off "$@" 2>&1 & daemon=$!
            for _ in $(seq 100); do sleep .1; [ -e /run/apiary/$WAIT ] && break; done
            stat -c '%n %a %U:%G %F' /run/apiary /run/apiary/*
            if [ $WAIT = web.sock ]; then curl -sS --unix-socket /run/apiary/web.sock http://localhost/healthz
            else curl -sS http://127.0.0.1:8080/api/status -H "Authorization: Bearer $(cat /run/apiary/web-token)"
            fi
            kill $daemon; wait $daemon; ls /run/apiary"""
        self.lab.add_file("test.conf", CONFIG)

        def said(wait, *arguments):
            return self.honeynet.run("unshare", "-m", "env", f"WAIT={wait}", "bash", "-c", script, "bash",
                                     *arguments, check=False, timeout=60).stdout

        for words in (["--web"], ["--web", "unix"], ["--web=unix:"]):
            with self.subTest(words):
                text = said("web.sock", *words)
                self.assertIn("/run/apiary 755 daemon:daemon directory\n", text)
                self.assertIn("/run/apiary/web.sock 660 root:daemon socket\n", text)
                self.assertIn("ok\n", text)
                self.assertNotIn("web.sock", text.splitlines()[-1])
        text = said("web-token", "--web", "127.0.0.1:8080")
        self.assertIn("/run/apiary/web-token 600 daemon:daemon regular file\n", text)
        self.assertIn('"received_packets"', text)
        self.assertIn("dashboard: http://127.0.0.1:8080/ with the token in /run/apiary/web-token", text)


class Refused(lab.LabTest):
    """Invalid options: the daemon prints the reason and does not start."""

    @classmethod
    def prepare(cls):
        cls.file = cls.lab.add_file("test.conf", CONFIG)

    def said(self, *arguments):
        done = self.honeynet.run(lab.BINARY, "run", "-f", self.file, "-i", "inside", "10.0.0.0/8",
                                 "--control", "off", *arguments, check=False, timeout=10)
        self.assertEqual(done.returncode, 1)
        return done.stdout

    def test_invalid_options(self):
        self.assertIn("--web hive:80: not an address", self.said("--web", "hive:80"))
        self.assertIn("--web-token FILE", self.said("--web", "0.0.0.0:8080"))
        self.assertIn("10.1.0.0/16: not an address and a port, nor a socket",
                      self.said("--web", "10.1.0.0/16"))
        self.assertIn("/nowhere/web.sock: there is not a folder /nowhere",
                      self.said("--web", "unix:/nowhere/web.sock"))
        self.assertIn("--web-group nosuch: there is no such group",
                      self.said(f"--web=unix:{self.lab.folder}/s", "--web-group", "nosuch"))
        self.assertIn("--web-group is for a Unix socket",
                      self.said("--web", "8080", "--web-group", "daemon"))
        self.assertIn("cannot read a token from",
                      self.said("--web", "8080", "--web-token", "/nowhere"))
        self.assertIn("cannot listen at 192.0.2.99:8080",
                      self.said("--web", "192.0.2.99:8080", "--web-token",
                                self.lab.add_file("token", TOKEN)))


if __name__ == "__main__":
    lab.main()
