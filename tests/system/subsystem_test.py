"""Subsystems: nginx, dropbear and dnsmasq of Debian, unmodified, seen from outside by curl, ssh, dig and nmap."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest

import lab

SYSTEM = "Linux 2.6.18"  # nobody runs that any more: not the system of this machine
SYSTEM_PATH = f"{os.environ['PATH']}:/usr/sbin"
PROGRAMS = {name: shutil.which(name, path=SYSTEM_PATH)
            for name in ("nginx", "dropbear", "dropbearkey", "dnsmasq", "curl", "ssh", "sshpass", "dig", "nmap")}
NGINX = """
error_log stderr notice;
worker_processes 2;
events {}
http {
  access_log /dev/stdout;
  server {
    listen 80;
    location / { return 200 "you are $remote_addr:$remote_port at $server_addr\\n"; }
    location /large { root @FOLDER@; }
  }
}
"""
CONFIG = f"""
create plain
set plain personality "{SYSTEM}"
set plain default tcp action reset
clone web plain
add web subsystem "{PROGRAMS['nginx']} -c @FOLDER@/nginx.conf -g 'daemon off;'" shared restart
add web tcp port 8080 "cat"
bind 10.0.0.5 web
bind 10.0.0.6 web
clone stock plain
add stock subsystem "{PROGRAMS['nginx']}" shared
bind 10.0.0.7 stock
clone shell plain
add shell subsystem "{PROGRAMS['dropbear']} -F -E -r @FOLDER@/host_key -p 22"
bind 10.0.1.0/24 shell
clone names plain
add names subsystem "{PROGRAMS['dnsmasq']} -k --log-facility=- -u nobody -g nogroup --no-resolv --server=203.0.113.53 --address=/honey.example/10.9.9.9"
bind 10.0.2.1 names
clone broken plain
add broken subsystem "sh -c 'exit 3'" restart
bind 10.0.3.1 broken
"""


class Subsystems(lab.LabTest):
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        missing = [name for name, path in PROGRAMS.items() if path is None]
        if missing:
            raise unittest.SkipTest(f"not installed: {', '.join(missing)}")
        folder = cls.lab.folder
        cls.lab.add_file("nginx.conf", NGINX.replace("@FOLDER@", str(folder)), 0o644)
        cls.large = os.urandom(3_000_000)
        (folder / "large").write_bytes(cls.large)
        lab.run(PROGRAMS["dropbearkey"], "-t", "ecdsa", "-f", folder / "host_key")
        (folder / "host_key").chmod(0o644)
        cls.config = CONFIG.replace("@FOLDER@", str(folder))
        cls.events_path = folder / "events.json"
        cls.arguments += ("--events", cls.events_path)

    @classmethod
    def events(cls):
        return [json.loads(line) for line in cls.events_path.read_text().splitlines()]

    def wait_for_port(self, address, port):
        def is_open():
            try:
                self.attacker.connect(address, port, 2).close()
                return True
            except ConnectionRefusedError:
                return False
        self.assertTrue(lab.wait_until(is_open, 30), f"{address}:{port} stays closed\n{self.daemon.log()}")

    def curl(self, url, *options, **more):
        return self.attacker.run("curl", "-sS", "--max-time", "20", *options, url, **more)

    def nmap(self, *arguments):
        return self.attacker.run("nmap", "-n", "-Pn", *arguments, timeout=200).stdout

    def notes(self, part):
        return [event for event in self.events()
                if event["event"]["action"] == "note" and part in event["apiary"]["note"]]

    # ── nginx ──

    def test_nginx_answers_curl_and_sees_the_visitor(self):
        for host in ("10.0.0.5", "10.0.0.6"):
            with self.subTest(host):
                self.wait_for_port(host, 80)
                said = self.curl(f"http://{host}/", "--local-port", "41000-41999").stdout
                self.assertRegex(said, rf"you are 192\.0\.2\.2:41\d\d\d at {host}")
        workers = [c for c in lab.all_commands() if c.startswith("nginx: master") and "nginx.conf" in c]
        self.assertEqual(len(workers), 1, "it is shared")
        self.assertTrue(lab.wait_until(lambda: self.notes('"GET / HTTP/1.1" 200')), "its log becomes notes")

    def test_large_files_arrive_whole(self):
        self.wait_for_port("10.0.0.5", 80)
        path = self.lab.folder / "received"
        self.curl("http://10.0.0.5/large", "-o", path)
        self.assertEqual(path.read_bytes(), self.large)

    def test_nginx_with_its_own_configuration(self):
        self.wait_for_port("10.0.0.7", 80)
        said = self.curl("http://10.0.0.7/", "-i").stdout
        self.assertIn("Server: nginx", said)
        self.assertIn("Welcome to nginx", said)

    def test_a_configured_port_precedes_subsystems(self):
        self.wait_for_port("10.0.0.5", 80)
        with self.attacker.connect("10.0.0.5", 8080) as visitor:
            visitor.sendall(b"hello")
            self.assertEqual(visitor.recv(100), b"hello")

    def test_nmap_names_the_server_and_the_templates_system(self):
        self.wait_for_port("10.0.0.5", 80)
        said = self.nmap("-A", "-p80,81,8080", "10.0.0.5")
        self.assertRegex(said, r"80/tcp\s+open\s+http\s+nginx")
        self.assertRegex(said, r"81/tcp\s+closed")
        self.assertRegex(said, rf"OS details: .*{re.escape('Linux 2.6.18')}")

    # ── dropbear ──

    def test_dropbear_answers_ssh_on_each_host(self):
        self.wait_for_port("10.0.1.1", 22)
        seen = set()
        for host in ("10.0.1.1", "10.0.1.77"):
            with self.subTest(host):
                done = self.attacker.run(
                    "sshpass", "-p", "secret", "ssh", "-o", "StrictHostKeyChecking=no", "-o",
                    "UserKnownHostsFile=/dev/null", "-o", "PreferredAuthentications=password", f"root@{host}",
                    "true", check=False, timeout=60)
                self.assertIn("Permission denied", done.stdout)
                self.assertTrue(lab.wait_until(lambda: any(
                    event.get("destination", {}).get("ip") == host
                    for event in self.notes("Exit before auth from <192.0.2.2"))))
        masters = [c for c in lab.all_commands() if c.startswith(PROGRAMS["dropbear"])]
        self.assertGreaterEqual(len(masters), 2, "each host that was connected to has its own")
        self.assertLess(len(masters), 20, "others have none")
        said = self.nmap("-sV", "-O", "-p22,23", "10.0.1.1")
        self.assertRegex(said, r"22/tcp\s+open\s+ssh\s+Dropbear sshd")
        self.assertRegex(said, rf"OS details: .*{re.escape('Linux 2.6.18')}")

    # ── dnsmasq ──

    def test_dnsmasq_answers_dig(self):
        self.wait_for_port("10.0.2.1", 53)
        for way in ("+notcp", "+tcp"):
            with self.subTest(way):
                said = lab.wait_until(lambda: self.attacker.run(
                    "dig", way, "+time=3", "+tries=1", "@10.0.2.1", "www.honey.example", "+short",
                    check=False).stdout.strip(), 20)
                self.assertEqual(said, "10.9.9.9")
        said = self.nmap("-sV", "-sU", "-p53,54", "10.0.2.1")
        self.assertRegex(said, r"53/udp\s+open\s+domain\s+dnsmasq")
        self.assertRegex(said, r"54/udp\s+closed")

    def test_nothing_leaves_the_sandbox(self):
        """The upstream server of dnsmasq would be reached by the route of the machine."""
        self.wait_for_port("10.0.2.1", 53)
        sniffer = self.honeynet.start("tcpdump", "-n", "-i", "inside", "-l", "host", "203.0.113.53",
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        time.sleep(1)
        self.attacker.run("dig", "+time=1", "+tries=1", "@10.0.2.1", "www.example.com", check=False)
        sniffer.terminate()
        self.assertEqual(sniffer.communicate()[0].strip(), "")
        self.assertTrue(lab.wait_until(lambda: any(
            event["event"]["action"] == "attempt" and event["apiary"]["attempt"].get("address") == "203.0.113.53"
            for event in self.events())), "it is an event")

    # ── what ends ──

    def test_a_server_that_ends_starts_again_later(self):
        self.assertTrue(lab.wait_until(lambda: len(self.notes("exited with status 3")) >= 4, 20))
        pauses = [event["apiary"]["note"] for event in self.notes("starts again in")
                  if event.get("destination", {}).get("ip") == "10.0.3.1"]
        self.assertEqual(pauses[:3], ["starts again in 1 s", "starts again in 2 s", "starts again in 4 s"])

    def test_a_killed_server_comes_back(self):
        self.wait_for_port("10.0.0.6", 80)
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if command.startswith(b"nginx: master") and b"nginx.conf" in command:
                os.kill(int(process.name), 9)
        self.assertTrue(lab.wait_until(lambda: self.notes("killed by signal 9")))
        self.wait_for_port("10.0.0.6", 80)
        self.assertIn("you are", self.curl("http://10.0.0.6/").stdout)


if __name__ == "__main__":
    lab.main()
