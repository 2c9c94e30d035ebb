"""A daemon that serves every fingerprint of the installed nmap, each on an address of its own, in two
network namespaces. The programs in this folder test it with nmap and p0f. Needs root.
"""
import os
import pathlib
import random
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
DATABASE = "/usr/share/nmap/nmap-os-db"
TESTS = ("SEQ", "OPS", "WIN", "ECN", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "U1", "IE")


# ── the fingerprints ──────────────────────────────────────────────────────────────────────────────
class Fingerprint:
    def __init__(self, line, name):
        self.line, self.name, self.tests = line, name, {}
        self.families = set()  # from its Class lines


def read_database(path):
    fingerprints = []
    for number, text in enumerate(open(path, encoding="latin1"), 1):
        text = text.strip()
        if text.startswith("Fingerprint "):
            fingerprints.append(Fingerprint(number, text[12:].strip()))
        elif text.startswith("Class "):
            fingerprints[-1].families.add(text.split("|")[1].strip())
        elif fingerprints and (match := re.fullmatch(r"(\w+)\((.*)\)", text)):
            if match[1] in TESTS:
                fingerprints[-1].tests[match[1]] = attributes_of(match[2])
    return fingerprints


def attributes_of(text):
    return dict(item.split("=", 1) for item in text.split("%") if "=" in item)


# ── the network ───────────────────────────────────────────────────────────────────────────────────
def run(*command):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


class Network:
    """A visitor and a honeypot on one wire; 10.0.0.0/8 is behind the honeypot."""

    def __init__(self):
        self.visitor, self.honeypot = f"fd-{os.getpid()}-visitor", f"fd-{os.getpid()}-honeypot"

    def __enter__(self):
        for name in (self.visitor, self.honeypot):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "link", "add", "eth0", "netns", self.visitor, "type", "veth", "peer", "name",
            "eth0", "netns", self.honeypot)
        for name, address in ((self.visitor, "192.0.2.1"), (self.honeypot, "192.0.2.2")):
            run("ip", "-n", name, "address", "add", f"{address}/24", "dev", "eth0")
            run("ip", "-n", name, "link", "set", "eth0", "up")
            run(*self.inside(name, "ethtool", "-K", "eth0", "tx", "off", "rx", "off"))
        run("ip", "-n", self.visitor, "route", "add", "10.0.0.0/8", "via", "192.0.2.2")
        return self

    def __exit__(self, *_):
        for name in (self.visitor, self.honeypot):
            subprocess.run(["ip", "netns", "del", name], check=False)

    @staticmethod
    def inside(name, *command):
        return ["ip", "netns", "exec", name, *map(str, command)]


def address_of(index):
    return f"10.1.{index // 250}.{index % 250 + 1}"


ROUTES = """\
route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.0.0.0/8 10.0.1.1 latency {latency}ms
route 10.0.1.1 link 10.0.1.0/24
route 10.0.1.1 add net 10.0.0.0/8 10.0.2.1 latency {latency}ms
route 10.0.2.1 link 10.0.0.0/8
create router
set router default tcp action reset
bind 10.0.0.1 router
bind 10.0.1.1 router
bind 10.0.2.1 router
"""


def write_configuration(path, fingerprints, options, more=""):
    with open(path, "w") as file:
        if options.hops:
            file.write(ROUTES.format(latency=f"{options.latency / 2:g}"))
        file.write(more)
        for i, fingerprint in enumerate(fingerprints):
            file.write(f'create t{i}\nset t{i} personality "@{fingerprint.line}"\n'
                       f"set t{i} default tcp action reset\nadd t{i} tcp port 80 open\n"
                       f"bind {address_of(i)} t{i}\n")


def start_daemon(network, configuration, log, options):
    daemon = subprocess.Popen(network.inside(network.honeypot, options.binary, "run", "-f",
                                             configuration, "-i", "eth0", "--key", options.key,
                                             "--personalities", options.database),
                              stderr=log, stdout=log)
    deadline = time.time() + 30
    while time.time() < deadline and daemon.poll() is None:
        if "answering for" in pathlib.Path(log.name).read_text():
            return daemon
        time.sleep(0.1)
    sys.exit(f"the daemon does not start:\n{pathlib.Path(log.name).read_text()[:2000]}")


# ── the command line ──────────────────────────────────────────────────────────────────────────────
def add_arguments(parser):
    parser.add_argument("--sample", type=int, metavar="N", help="only this many fingerprints")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which ones")
    parser.add_argument("--lines", metavar="FILE", help="only the fingerprints at the lines in this file")
    parser.add_argument("--hops", action="store_true", help="behind three routers")
    parser.add_argument("--latency", type=float, default=20, metavar="MS",
                        help="total one-way latency of the links to them (default: 20)")
    parser.add_argument("--key", default="fidelity", help="key of the daemon")
    parser.add_argument("--database", default=DATABASE, metavar="FILE")
    parser.add_argument("--binary", metavar="FILE", default=os.environ.get(
        "APIARY_BINARY", str(ROOT / "build/release/apiary")))


def choose(fingerprints, options):
    if options.lines:
        wanted = set(map(int, pathlib.Path(options.lines).read_text().split()))
        return [f for f in fingerprints if f.line in wanted]
    if options.sample:
        chosen = set(random.Random(options.seed).sample(range(len(fingerprints)), options.sample))
        return [f for i, f in enumerate(fingerprints) if i in chosen]
    return fingerprints
