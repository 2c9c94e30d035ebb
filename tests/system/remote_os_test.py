"""The operating systems of visitors: apiary agrees with p0f, which sees the same packets."""
import json
import pathlib
import re
import shutil
import signal
import socket
import struct
import time
import unittest

import lab

SIGNATURES = "/etc/p0f/p0f.fp"
CONFIG = """
create server
add server tcp port 4 "env"
add server udp port 4 "env"
set server default tcp action open
create trap
set trap default tcp action "echo trap"
dynamic magic
add magic use trap if source os = "Linux"
add magic otherwise use server
bind 10.0.0.5 server
bind 10.0.0.6 magic
"""
# Of p0f, each by itself. p0f 3.09b sees an acknowledgment number only if its bit 24 is set: it tests with & for &&.
QUIRKS = {
    "seq-": {"sequence": 0}, "ack+": {"acknowledgment": 0x1000005}, "uptr+": {"urgent": 5}, "urgf+": {"flags": 0x22, "urgent": 5},
    "pushf+": {"flags": 0x0a}, "ecn": {"flags": 0xc2}, "ect": {"tos": 2}, "0+": {"reserved": True}, "payload": {"payload": b"x"},
    "ip options": {"ip_options": b"\x01\x01\x01\x00"},
}
OWN_NAMES = [line.split(":", 3)[2] + (" " + line.split(":", 3)[3].strip() if line.split(":", 3)[3].strip() else "")
             for line in (lab.ROOT / "share/visitors.fp").read_text().splitlines() if line.startswith("label")]
OURS = """
[tcp:request]
label = s:hive:Hive:3.x
sig   = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0
"""


@unittest.skipUnless(shutil.which("p0f") and pathlib.Path(SIGNATURES).exists(), "no p0f")
class BesideP0f(lab.LabTest):
    config = CONFIG
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        folder = cls.lab.folder
        cls.arguments = ("-i", "inside", "--events", folder / "events.jsonl", "-l", folder / "packets",
                         "--control", folder / "ctl", "10.0.0.0/8")
        cls.p0f_log = folder / "p0f.log"
        with open(folder / "p0f.out", "w") as output:
            cls.p0f = cls.honeynet.start("p0f", "-i", "inside", "-f", SIGNATURES, "-o", cls.p0f_log,
                                         stdout=output)
        cls.addClassCleanup(cls.end_p0f)
        assert lab.wait_until(lambda: "Entered main event loop" in (folder / "p0f.out").read_text())

    @classmethod
    def end_p0f(cls):
        cls.p0f.send_signal(signal.SIGINT)
        cls.p0f.wait(10)

    def p0f_lines(self):
        """The fields of each whole line of its log: [time] mod=syn|cli=...|...|os=...|raw_sig=..."""
        if not self.p0f_log.exists():
            return
        for line in self.p0f_log.read_text().splitlines(keepends=True):
            if line.endswith("\n"):
                yield dict(field.split("=", 1) for field in line.strip().split("] ", 1)[1].split("|"))

    def of_p0f(self, port):
        """p0f's name for the sender of the SYN from this port; "": unknown."""
        def find():
            for fields in self.p0f_lines():
                if fields["mod"] == "syn" and fields["cli"] == f"192.0.2.2/{port}":
                    name = fields.get("os", fields.get("app"))
                    return ("" if name == "???" else name, fields["raw_sig"])
            return None
        found = lab.wait_until(find)
        self.assertTrue(found, f"p0f saw no SYN from port {port}")
        return found

    def of_apiary(self, port):
        """The text in brackets after the SYN from this port in the packet log."""
        pattern = re.compile(rf" tcp\(6\) [S-] 192\.0\.2\.2 {port} [\d.]+ \d+(?:: \d+ [A-Z]+)?(?: \[(.*)\])?$",
                             re.MULTILINE)
        found = lab.wait_until(lambda: pattern.search((self.lab.folder / "packets").read_text()))
        self.assertTrue(found, f"no SYN from port {port} in the packet log")
        return found[1] or ""

    def check(self, port):
        of_p0f, raw = self.of_p0f(port)
        self.assertEqual(self.of_apiary(port), of_p0f, raw)
        return of_p0f

    def test_the_kernel_is_called_as_p0f_calls_it(self):
        for name, options in (("as it is", []), ("a small buffer", [(socket.SO_RCVBUF, 4096)]),
                              ("another buffer", [(socket.SO_RCVBUF, 20000)])):
            with self.subTest(name), self.attacker.inside():
                visitor = socket.socket()
                for option, value in options:
                    visitor.setsockopt(socket.SOL_SOCKET, option, value)
                visitor.connect(("10.0.0.5", 4))
                port = visitor.getsockname()[1]
                given = dict(line.split("=", 1) for line in lab.read_all(visitor).decode().splitlines())
                visitor.close()
                called = self.check(port)
                self.assertIn("Linux", called)
                self.assertEqual(given["HONEYD_REMOTE_OS"], called)
                lab.wait_until(lambda: self.event("flow_start", port))
                event = self.event("flow_start", port)
                self.assertEqual(event["apiary"]["visitor_os"], called)
                self.assertTrue(event["message"].endswith(f" [{called}]"), event["message"])

    def event(self, kind, port):
        for line in (self.lab.folder / "events.jsonl").read_text().splitlines():
            event = json.loads(line)
            if event["event"]["action"] == kind and event.get("source", {}).get("port") == port:
                return event
        return None

    def test_kernels_of_all_settings_are_called_as_p0f_calls_them(self):
        names = {"tcp_timestamps": "1", "tcp_sack": "1", "tcp_window_scaling": "1", "tcp_ecn": "2",
                 "ip_default_ttl": "64"}
        for changed in ({"tcp_timestamps": "0"}, {"tcp_sack": "0"}, {"tcp_window_scaling": "0"},
                        {"tcp_ecn": "1"}, {"ip_default_ttl": "128"}, {"ip_default_ttl": "20"},
                        {"tcp_timestamps": "0", "tcp_sack": "0", "tcp_window_scaling": "0"}):
            with self.subTest(str(changed)):
                for name, value in (names | changed).items():
                    self.attacker.run("sysctl", "-qw", f"net.ipv4.{name}={value}")
                with self.attacker.connect("10.0.0.5", 80) as visitor:
                    port = visitor.getsockname()[1]
                for name, value in names.items():
                    self.attacker.run("sysctl", "-qw", f"net.ipv4.{name}={value}")
                self.known_or_remembered(port)
        for mtu in (1400, 1280, 576):
            with self.subTest(mtu=mtu):
                self.attacker.ip("link", "set", "outside", "mtu", str(mtu))
                with self.attacker.connect("10.0.0.5", 80) as visitor:
                    port = visitor.getsockname()[1]
                self.attacker.ip("link", "set", "outside", "mtu", "1500")
                self.known_or_remembered(port)

    def known_or_remembered(self, port):
        """If p0f knows nothing, apiary keeps the result of an earlier SYN of the address, or nothing."""
        of_p0f, raw = self.of_p0f(port)
        if of_p0f:
            self.assertEqual(self.of_apiary(port), of_p0f, raw)

    def test_tools_are_called_as_p0f_calls_them(self):
        for port, command in ((40001, ["nmap", "-n", "-Pn", "-sS", "-p80", "-g"]),
                              (40002, ["hping3", "-c", "1", "-S", "-p", "80", "-s"])):
            with self.subTest(command[0], port=port):
                said = self.attacker.run(*command, port, "10.0.0.5", check=False).stdout
                self.assertTrue(lab.wait_until(lambda: f" {port} 10.0.0.5 " in
                                               (self.lab.folder / "packets").read_text()), said)
                self.known_or_remembered(port)

    def test_the_probes_of_nmap_are_called_as_p0f_calls_them(self):
        self.attacker.run("nmap", "-n", "-Pn", "-O", "-p80,9", "10.0.0.5", timeout=120)
        time.sleep(0.5)
        names = set()
        for fields in self.p0f_lines():
            name = fields.get("os", fields.get("app"))
            if fields["mod"] == "syn" and name.startswith("NMap"):
                port = int(fields["cli"].split("/")[1])
                self.assertEqual(self.of_apiary(port), name, fields["raw_sig"])
                names.add(name)
        self.assertIn("NMap OS detection", names)

    def test_raw_syns_are_called_as_p0f_calls_them(self):
        """SYNs of many invented shapes, each from a port of its own."""
        mss, ts = b"\x02\x04\x05\xb4", b"\x08\x0a\0\0\0\x09\0\0\0\0"
        layouts = {
            "linux": mss + b"\x04\x02" + ts + b"\x01\x03\x03\x07",
            "linux 10": mss + b"\x04\x02" + ts + b"\x01\x03\x03\x0a",
            "linux 1": mss + b"\x04\x02" + ts + b"\x01\x03\x03\x01",
            "windows": mss + b"\x01\x03\x03\x08\x01\x01\x04\x02",
            "windows 0": mss + b"\x01\x01\x04\x02",
            "mac": mss + b"\x01\x03\x03\x04\x01\x01" + ts + b"\x04\x02\0\0",
            "bsd": mss + b"\x01\x03\x03\x06\x04\x02" + ts,
            "mss": mss, "none": b"", "bad": mss + b"\x03\x09\x02\x01", "odd": b"\xfe\x04\x01\x02" + mss,
            "zero ts": mss + b"\x04\x02\x08\x0a" + bytes(8) + b"\x01\x03\x03\x07",
        }
        windows = (1024, 8192, 16384, 65535, 64240, 29200, 14600, 14480, 5840, 5792, 3000, 32120, 0)
        port, cases = 20000, {}
        with self.attacker.inside(), socket.socket(socket.AF_INET, socket.SOCK_RAW,
                                                   socket.IPPROTO_RAW) as sender:
            for layout, options in layouts.items():
                for window in windows:
                    for ttl, flags_offset, identification in ((64, 0x4000, 7), (128, 0x4000, 7),
                                                              (64, 0, 7), (20, 0x4000, 0)):
                        port += 1
                        cases[port] = f"{layout} {window} {ttl} {flags_offset:x} {identification}"
                        sender.sendto(syn(port, options, window, ttl, flags_offset, identification),
                                      ("10.0.0.5", 0))
                        time.sleep(0.002)
            for layout in "linux", "windows", "none":
                for quirk, changes in QUIRKS.items():
                    port += 1
                    cases[port] = f"{layout} {quirk}"
                    sender.sendto(syn(port, layouts[layout], 64240, 64, 0x4000, 7, **changes), ("10.0.0.5", 0))
                    time.sleep(0.002)
        lab.wait_until(lambda: f" 192.0.2.2 {port} " in (self.lab.folder / "packets").read_text())
        lab.wait_until(lambda: any(fields["cli"].endswith(f"/{port}") for fields in self.p0f_lines()))
        theirs = {}
        for fields in self.p0f_lines():
            if fields["mod"] == "syn":
                name = fields.get("os", fields.get("app"))
                theirs[int(fields["cli"].split("/")[1])] = (name, fields["raw_sig"])
        known = {name for number, (name, _) in theirs.items() if number in cases} - {"???"}
        self.assertGreater(len(known), 8, known)
        wrong, last, kinds = [], None, set()
        for number, case in cases.items():
            name, raw = theirs.get(number, (None, ""))  # None: p0f was too slow
            ours = self.of_apiary(number)
            if name == "???" and ours != last:  # one of our own list; the address keeps it
                if last is not None and ours not in OWN_NAMES:
                    wrong.append(f"{case}: p0f knows nothing, apiary {ours}: {raw}")
                last = ours
                continue
            last = name if name != "???" else last  # the last known system of the address remains
            kinds.add(re.sub(r"^(4:\d+)[+]\d+", r"\1", raw))
            if last is not None and ours != last:
                wrong.append(f"{case}: p0f {name}, apiary {ours}: {raw}")
        print(f"{len(cases) - len(wrong)} of {len(cases)} SYNs of {len(kinds)} kinds, of these p0f knows "
              f"{len(known)} systems", flush=True)
        self.assertEqual(wrong, [], f"{len(wrong)} of {len(cases)}")
        self.assertGreater(len(kinds), 100)
        self.assertGreater(len(theirs.keys() & cases.keys()), 0.8 * len(cases))

    def test_a_host_is_what_its_visitors_system_makes_it(self):
        with self.attacker.connect("10.0.0.6", 80) as visitor:
            self.assertEqual(lab.read_all(visitor), b"trap\n")
        self.attacker.run("sysctl", "-qw", "net.ipv4.tcp_sack=1")


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def syn(port, options, window, ttl, flags_offset, identification, *, sequence=1000, acknowledgment=0, flags=2,
        urgent=0, tos=0, reserved=False, payload=b"", ip_options=b""):
    """A SYN from 192.0.2.2 to port 9 of 10.0.0.5, as bytes of IP."""
    options += bytes(-len(options) % 4)
    source, target = socket.inet_aton("192.0.2.2"), socket.inet_aton("10.0.0.5")
    size = 20 + len(options)

    def tcp(sum_):
        return struct.pack("!HHIIBBHHH", port, 9, sequence, acknowledgment, size // 4 << 4, flags, window, sum_,
                           urgent) + options + payload
    right = checksum(source + target + struct.pack("!BBH", 0, 6, size + len(payload)) + tcp(0))
    # The kernel replaces an identification of zero, as without DF.
    header = struct.pack("!BBHHHBBH", 0x45 + len(ip_options) // 4, tos, 20 + len(ip_options) + size + len(payload),
                         identification, flags_offset | (0x8000 if reserved else 0), ttl, 6, 0)
    return header + source + target + ip_options + tcp(right)


class WithoutP0f(lab.LabTest):
    """The signatures come from a file of ours, or are missing: then those that are built in remain."""
    config = CONFIG.replace('"Linux"', '"Plan 9"')
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.signatures = cls.lab.add_file("ours.fp", OURS + "sig = nonsense\n")
        cls.arguments = ("-i", "inside", "--os-signatures", cls.signatures, "--control",
                         cls.lab.folder / "ctl", "10.0.0.0/8")

    def remote_os(self):
        with self.attacker.connect("10.0.0.5", 4) as visitor:
            given = dict(line.split("=", 1) for line in lab.read_all(visitor).decode().splitlines())
        return given["HONEYD_REMOTE_OS"]

    def reload(self):
        lab.run(lab.BINARY, "ctl", "--socket", self.lab.folder / "ctl", "reload")

    def test_a_reload_reads_them_again(self):
        self.assertIn("ours.fp:5: warning: a signature is ver:ittl", self.daemon.log())
        self.assertIn('source os = "Plan 9" never applies', self.daemon.log())
        self.assertEqual(self.remote_os(), "Hive 3.x")
        visitor = self.attacker.udp("10.0.0.5", 4)
        visitor.send(b"x")
        self.assertIn(b"HONEYD_REMOTE_OS=Hive 3.x\n", visitor.recv(4096), "from the earlier SYN")
        visitor.close()
        self.signatures.write_text(OURS.replace("3.x", "4.x"))
        self.reload()
        self.assertEqual(self.remote_os(), "Hive 4.x")
        self.signatures.unlink()
        self.reload()
        self.assertTrue(self.daemon.wait_for_log("only the visitors' operating systems that we have built in are known: "))
        self.assertEqual(self.remote_os(), "Linux 4.20 and newer")


if __name__ == "__main__":
    lab.main()
