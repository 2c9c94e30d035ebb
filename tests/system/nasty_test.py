"""Hostile tools, run four times: hping3, nmap's odd scans, scapy's fuzz(), mutated captures. The daemon
survives, its memory does not grow in the last run, and pings are answered as fast as before."""
import json
import pathlib
import re

import lab

CONFIG = """
route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 1ms
route 10.1.0.1 link 10.1.0.0/24
create default
set default default tcp action reset
create host
set host personality "Linux 4.15 - 5.6"
set host default tcp action reset
add host tcp port 7 "cat"
add host tcp port 80 open
add host udp port 53 "cat"
create windows
set windows personality "Microsoft Windows 10 1607"
set windows default tcp action block
add windows tcp port 80 open
create trap
set trap default tcp action tarpit open
bind 10.0.0.5 host
bind 10.0.0.6 windows
bind 10.0.0.7 trap
bind 10.1.0.5 host
"""
HOST, WINDOWS, TRAP, FAR = "10.0.0.5", "10.0.0.6", "10.0.0.7", "10.1.0.5"
SECONDS = 1  # duration of each flood

HPING = (
    "-S -p 7", "-A -p 7", "-R -p 7", "-F -p 7", "-FSRPAU -p 7", "-X -Y -S -p 80",
    "-S -p ++1", "-S -p 7 --tcp-timestamp -d 1400 -E /dev/urandom", "-S -p 7 -O 15", "-A -p 7 -O 4",
    "-S -p 7 -w 0", "-A -p 7 -w 0 -M 1 -L 1", "-2 -p 53 -d 1200", "-2 -p ++1", "-2 -p 53 --badcksum",
    "-1", "-1 -C 13", "-1 -C 17", "-1 -C 5 -K 1", "-1 -C 3 -K 4", "-1 -C 12 -K 9", "-1 -d 1400 -x",
    "-0 -H 47 -d 60", "-0 -H 255", "-S -p 7 -f", "-2 -p 53 -x -g 8000 -d 900", "-2 -p 53 -x -g 65528",
    "-1 --rroute", "-1 --lsrr 10.0.0.6", "-S -p 7 --ssrr 10.0.0.6", "-S -p 7 -t 0", "-S -p 7 -o ff",
)
NMAP = (
    "-sA", "-sF", "-sX", "-sN", "-sM", "-sW", "-sO", "-sU", "-sY", "-sZ", "-sS -f", "-sS --mtu 8",
    "-sS --badsum", "-sS --data-length 900", "-sS --scanflags SYNFINRSTPSHACKURG",
    "-sS --ip-options R", "-sS --ip-options T", "-sS --ip-options S10.0.0.6", "-sS --ttl 1",
    "-sI 10.0.0.6", "-sS -D RND:10", "-sS -S 10.1.0.5 -e outside", "-O", "-sS --defeat-rst-ratelimit",
)
SCAPY = f"""
import random, socket
from scapy.all import *
random.seed(2003)
layers = [lambda: IP(dst=t) / fuzz(TCP()), lambda: IP(dst=t) / fuzz(UDP()), lambda: IP(dst=t) / fuzz(ICMP()),
          lambda: fuzz(IP(dst=t)) / TCP(dport=7), lambda: fuzz(IP(dst=t, proto=6)) / fuzz(TCP()),
          lambda: IP(dst=t, flags=1, frag=random.randrange(8191)) / Raw(random.randbytes(random.randrange(64))),
          lambda: IP(dst=t) / TCP(dport=7, options=[(random.randrange(256), random.randbytes(random.randrange(9)))]),
          lambda: fuzz(ARP(pdst=t))]
mac = open('/sys/class/net/outside/address').read().strip()
to = getmacbyip('192.0.2.1')
wire = conf.L2socket(iface='outside')
for i in range(2500):
    t = random.choice(['{HOST}', '{WINDOWS}', '{TRAP}', '{FAR}', '10.0.0.1', '10.0.0.255', '10.9.9.9'])
    try:
        packet = random.choice(layers)()
        wire.send(bytes(Ether(src=mac, dst=to, type=0x806 if ARP in packet else 0x800) / packet)[:1514])
    except (ValueError, TypeError, struct.error, OSError, OverflowError):
        pass  # a packet that scapy cannot encode
"""
ROUNDS = 4  # the first ones fill what is bounded: conversations, what their sources said, events
HALF_OPEN = 48e-6  # MB that a half-open connection takes; four million may be
LAST_EVENTS = 34  # MB, the limit of the ring of the last events (LiveFeed), which fills slowly


class Nasty(lab.LabTest):
    config = CONFIG
    answers = HOST

    @classmethod
    def prepare(cls):
        cls.control = cls.lab.folder / "control"
        cls.arguments = ("-i", "inside", "10.0.0.0/8", "--control", cls.control)

    def rtt(self):
        """The median round trip of some pings, in milliseconds."""
        output = self.attacker.run("ping", "-c", "21", "-i", "0.02", HOST).stdout
        return lab.median(float(ms) for ms in re.findall(r"time=([\d.]+)", output))

    def memory(self):
        """Resident, in MB."""
        pid = next(pid for pid in self.honeynet.processes() if "apiary" in pathlib.Path(
            f"/proc/{pid}/cmdline").read_text() and b"run" in pathlib.Path(
                f"/proc/{pid}/cmdline").read_bytes())
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1000

    def half_open_connections(self):
        status = lab.run(lab.BINARY, "ctl", "--socket", self.control, "--json", "status").stdout
        return json.loads(status)["tables"]["half_open_connections"]["entries"]

    def everything(self):
        capture = self.lab.folder / "seen.pcap"
        dump = self.attacker.start("tcpdump", "-q", "-i", "outside", "-Z", "root", "-c", "3000",
                                   "-w", capture, stderr=lab.subprocess.DEVNULL)
        try:
            self.in_parallel([["timeout", "1", "hping3", "-q", "-i", "u1000", *line.split(), target]
                              for line in HPING for target in (HOST, FAR)])
        finally:
            dump.terminate()
            dump.wait()
        self.in_parallel([["timeout", "4", "nmap", "-n", "-Pn", "-T5", "--max-retries", "0", "-p",
                           "7,80,81", *line.split(), HOST, WINDOWS, TRAP] for line in NMAP])
        self.attacker.run("timeout", "60", "/usr/bin/python3", "-c", SCAPY)
        for seed in range(4):
            mutated = self.lab.folder / f"mutated{seed}.pcap"
            lab.run("tcprewrite", f"--fuzz-seed={seed + 1}", "--fuzz-factor=2", "-i", capture, "-o",
                    mutated)
            self.attacker.run("tcpreplay", "-q", "--topspeed", "--loop=3", "-i", "outside", mutated,
                              check=False)
        for line in "-S -p 7", "-A -p 7", "-2 -p 53 -d 100", "-1", "-S -p 80", "-A -p 80 -w 0":
            self.attacker.run("timeout", SECONDS, "hping3", "-q", "--flood", "--rand-source",
                              *line.split(), HOST, check=False)

    def in_parallel(self, commands, at_once=24):
        running = []
        for command in commands:
            running.append(self.attacker.start(*command, stdout=lab.subprocess.DEVNULL,
                                               stderr=lab.subprocess.DEVNULL))
            if len(running) == at_once:
                running.pop(0).wait()
        for process in running:
            process.wait()

    def test_survives_them_all(self):
        before = self.rtt()
        for _ in range(ROUNDS - 1):
            self.everything()
        full, half_open = self.memory(), self.half_open_connections()
        self.everything()
        grown = self.memory() - full - max(self.half_open_connections() - half_open, 0) * HALF_OPEN
        after = lab.wait_until(lambda: (ms := self.rtt()) < before + 1 and ms, 20)
        print(f"ping {before:.2f} ms, then {after} ms; {full:.0f} MB, then {grown:+.1f} MB", end=" ")
        self.assertIsNone(self.daemon.process.poll(), "the daemon is running")
        self.assertLess(grown, 16 + LAST_EVENTS)
        self.assertTrue(after, f"a ping takes {self.rtt()} ms instead of {before}")
        with self.attacker.connect(HOST, 7) as connection:
            connection.sendall(b"still there?")
            self.assertEqual(connection.recv(100), b"still there?")
        self.assertEqual(self.daemon.stop(), 0)


if __name__ == "__main__":
    lab.main()
