"""A daemon of two threads: each answers for its share of the hosts, and together they are one daemon."""
import concurrent.futures
import json
import signal

import lab

CONFIG = """create host
set host default tcp action reset
add host tcp port 7 "cat"
add host tcp port 9 internal "echo"
add host udp port 7 "cat"
bind 10.0.0.1-10.0.0.40 host
bind 192.0.2.100-192.0.2.115 host
"""
ROUTED = [f"10.0.0.{number}" for number in range(1, 41)]
ON_LINK = [f"192.0.2.{number}" for number in range(100, 116)]
ROUTER = "route entry 10.0.0.1\nroute 10.0.0.1 link 10.0.0.0/24\n"


class Threads(lab.LabTest):
    def setUp(self):
        self.path = self.lab.folder / "control"
        self.events = self.lab.folder / "output" / f"{self.id()}.jsonl"
        self.packets = self.events.with_suffix(".pcapng")
        self.file = self.lab.add_file("threads.conf", CONFIG)
        self.daemon = self.lab.start_daemon(
            "threads.conf", "-i", "inside", "--threads", "2", "--control", self.path,
            "--events", self.events, "--capture", self.packets,
            answers="10.0.0.5")
        self.addCleanup(self.daemon.stop)

    def ctl(self, *words, status=0):
        done = lab.run(lab.BINARY, "ctl", "--socket", self.path, *words, check=False)
        self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def status(self):
        return json.loads(self.ctl("--json", "status"))

    def ping(self, address):
        return self.attacker.run("ping", "-c1", "-W3", address, check=False).returncode == 0

    def echo(self, address, port):
        with self.attacker.connect(address, port) as connection:
            text = f"to {address}:{port}".encode()
            connection.sendall(text)
            heard = b""
            while len(heard) < len(text):
                more = connection.recv(100)
                if not more:
                    break
                heard += more
            return heard == text

    def test_all_hosts_answer_and_events_and_counts_are_of_one_daemon(self):
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            self.assertTrue(all(pool.map(self.ping, ROUTED + ON_LINK)), "also by ARP, after a probe")
        conversations = [(address, port) for address in ROUTED[:12] for port in (7, 9)]
        for address, port in conversations:
            self.assertTrue(self.echo(address, port), (address, port))
        status = self.status()
        threads = status["threads"]
        self.assertEqual(len(threads), 2)
        for thread in threads:
            self.assertGreater(thread["remembered_hosts"], 10)
        self.assertEqual(sum(thread["remembered_hosts"] for thread in threads),
                         len(ROUTED + ON_LINK))
        self.assertEqual(status["remembered_hosts"], len(ROUTED + ON_LINK))
        self.assertIn("thread 1", self.ctl("status"))

        self.assertEqual(self.daemon.stop(), 0)
        events = [json.loads(line) for line in self.events.read_text().splitlines()]
        ids = [event["event"]["id"] for event in events]
        self.assertEqual(len(ids), len(set(ids)))
        ended = [event for event in events if event["event"]["action"] == "flow_end"]
        self.assertEqual(sorted((e["destination"]["ip"], e["destination"]["port"]) for e in ended),
                         sorted(conversations))
        scans = {event["event"]["start"] for event in events if event["event"]["action"] == "scan"}
        self.assertEqual(len(scans), 1, "not one of each thread")
        captured = lab.run("tshark", "-n", "-r", self.packets, "-Y",
                           "icmp.type == 0").stdout
        for address in ROUTED:
            self.assertIn(f" {address} ", captured)

    def test_a_reload_reaches_all_threads(self):
        self.file.write_text(CONFIG.replace("10.0.0.1-10.0.0.40", "10.0.1.1-10.0.1.40"))
        self.ctl("reload")
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            hosts = [f"10.0.1.{number}" for number in range(1, 41)]
            self.assertTrue(all(pool.map(self.ping, hosts)))
        self.assertFalse(self.attacker.run("ping", "-c1", "-W0.3", "10.0.0.5", check=False).returncode == 0)

    def test_a_reload_with_virtual_routers_changes_nothing(self):
        self.file.write_text(ROUTER + CONFIG)
        self.assertIn("--threads 2 cannot serve this configuration (virtual routers",
                      self.ctl("reload", status=1))
        self.assertTrue(self.ping("10.0.0.5"))
        self.assertEqual(len(self.status()["threads"]), 2)

    def test_refuses_what_threads_cannot_share(self):
        self.daemon.stop()
        self.lab.add_file("routed.conf", ROUTER + CONFIG)
        self.lab.add_file("dhcp.conf", CONFIG + 'set host ethernet "dell"\ndhcp host on inside\n')
        for arguments, reason in ((("-f", "routed.conf", "-i", "inside"), "virtual routers"),
                                  (("-f", "dhcp.conf", "-i", "inside"), "DHCP")):
            daemon = lab.Daemon(self.honeynet, self.lab.folder, *arguments, "--threads", "2")
            self.lab.daemons.append(daemon)
            self.assertEqual(daemon.process.wait(20), 1)
            self.assertIn(reason, daemon.log())
            self.assertIn("use --threads 1", daemon.log())

    def test_of_a_tun_interface_one_thread_receives_for_all(self):
        self.daemon.stop()
        daemon = self.lab.start_daemon("threads.conf", "-i", "tun:bees", "--threads", "2", "--control",
                                       self.path)
        self.addCleanup(daemon.stop)
        self.assertTrue(lab.wait_until(lambda: "dev bees" in self.honeynet.ip("route")))
        for address in ROUTED:
            self.assertEqual(self.honeynet.run("ping", "-c1", "-W2", address, check=False).returncode, 0)
        self.assertTrue(all(thread["received_packets"] > 10 for thread in self.status()["threads"]))

    def test_ends_cleanly_on_a_signal(self):
        self.assertTrue(self.echo("10.0.0.7", 7))
        self.assertEqual(self.daemon.stop(signal.SIGINT), 0)


if __name__ == "__main__":
    lab.main()
