"""Ten thousand initial sequence numbers of this machine's kernel and of a virtual host with its personality: each
statistic that the kernel's pass, the host's pass, too.

    ISN_PICTURE=FILE.svg isn_test.py    also draws those of the kernel and of six personalities"""
import os
import queue
import time

import lab
import reference_packets as packets
from isn_statistics import CIRCLE, picture, verdicts
from odd_packets import TCP
from reference_wire import Wire, add_kernel

COUNT, AT_ONCE = 10_000, 200
PAIRS, TICK = 200, 64e-9
PERSONALITIES = ("Linux 6.x", "Windows 11", "FreeBSD 14", "OpenBSD 7", "Printer-like appliance", "Camera-like appliance")
ADDRESSES = [f"10.9.1.{i + 1}" for i in range(len(PERSONALITIES))]
CONFIG = "".join(f'''
create t{i}
set t{i} personality "{name}"
set t{i} ethernet "02:00:00:00:00:0{i}"
add t{i} tcp port 7 internal "echo"
bind {ADDRESSES[i]} t{i}
''' for i, name in enumerate(PERSONALITIES))
SERVER = '''
import socket, time
s = socket.socket()
s.bind(("", 7))
s.listen(4096)
print("listening", flush=True)
time.sleep(600)
'''
SYN_OPTIONS = bytes.fromhex("020405b40402080a000000010000000001030307")


class Knocker:
    """Collects the sequence numbers of SYN/ACKs, and resets what they begin."""

    def __init__(self, wire):
        self.wire = wire
        self.source, self.replies = wire.add_client(1)

    def segment(self, port, flags, sequence, options=b""):
        self.wire.send(packets.ipv4(self.source, self.wire.target, TCP,
                                    packets.tcp(self.source, self.wire.target, (port, 7), sequence, 0, flags, 64240,
                                                options), 1))

    def ask(self, ports):
        """Port -> time and number, of one SYN from each of the ports."""
        for port in ports:
            self.segment(port, "S", 1000, SYN_OPTIONS)
        found = {}
        end = time.time() + 2
        while len(found) < len(ports) and (left := end - time.time()) > 0:
            try:
                reply = self.replies.get(timeout=left)
            except queue.Empty:
                break
            if reply.protocol == TCP and reply.flags == "SA" and reply.port not in found:
                found[reply.port] = reply.at, reply.sequence
                self.segment(reply.port, "R", 1001)
        return found

    def numbers(self, count):
        """In the order of the SYNs, one for each port."""
        collected = []
        for first in range(10_000, 10_000 + count, AT_ONCE):
            ports = range(first, min(first + AT_ONCE, 10_000 + count))
            found = self.ask(ports)
            collected += [found[port][1] for port in ports if port in found]
        return collected

    def growth(self):
        """How fast the number of each pair of endpoints grows per second."""
        ports = range(40_000, 40_000 + PAIRS)
        before = self.ask(ports)
        time.sleep(0.4)
        after = self.ask(ports)
        return [(after[port][1] - before[port][1]) % CIRCLE / (after[port][0] - before[port][0])
                for port in ports if port in before and port in after]


class Isns(lab.LabTest):
    """The attacker has a wire to the kernel, and one to the hosts; the first host has the kernel's address."""
    config = CONFIG
    arguments = ("-i", "inside", "--key", "isns", "10.9.1.0/28")

    @classmethod
    def prepare(cls):
        add_kernel(cls, ADDRESSES[0], "net.core.somaxconn=4096 net.ipv4.tcp_max_syn_backlog=4096 net.ipv4.tcp_syncookies=0", SERVER)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.wait_for_log("answering")

    def knocker(self, interface, target):
        wire = Wire(self.attacker, interface, target)
        self.addCleanup(wire.close)
        self.assertTrue(wire.find_target(), f"{interface}: no machine has {target}")
        return Knocker(wire)

    def test_what_the_kernel_passes(self):
        kernel, host = self.knocker("reference", ADDRESSES[0]), self.knocker("outside", ADDRESSES[0])
        series = {name: knocker.numbers(COUNT) for name, knocker in (("kernel", kernel), ("host", host))}
        for name, numbers in series.items():
            self.assertGreater(len(numbers), COUNT * 0.99, f"{name}: too few SYN/ACKs")
        theirs, ours = verdicts(series["kernel"]), verdicts(series["host"])
        for test, (value, _) in theirs.items():
            print(f"{test:32} kernel {value:9.3f}   host {ours[test][0]:9.3f}", flush=True)
        failed = [test for test, (_, passes) in theirs.items() if passes and not ours[test][1]]
        self.assertEqual(failed, [])
        self.assertGreaterEqual(sum(passes for _, passes in theirs.values()), len(theirs) - 1, "of the kernel")
        for name, knocker in ("kernel", kernel), ("host", host):
            rates = knocker.growth()
            print(f"{name}: numbers of {len(rates)} pairs grow by {min(rates):.0f} to {max(rates):.0f} a second")
            self.assertGreater(len(rates), PAIRS * 0.9)
            for rate in rates:
                self.assertAlmostEqual(rate * TICK, 1, delta=0.05, msg=name)

    def draw_picture(self):
        series = {"this machine's kernel": self.slow_numbers(self.knocker("reference", ADDRESSES[0]))}
        for name, address in zip(PERSONALITIES, ADDRESSES):
            series[name] = self.slow_numbers(self.knocker("outside", address))
        with open(os.environ["ISN_PICTURE"], "w", encoding="utf-8") as file:
            file.write(picture(series))

    def slow_numbers(self, knocker):
        """Five milliseconds apart, as clocks need time to advance."""
        collected = []
        for port in range(10_000, 11_500):
            collected += [number for _, number in knocker.ask([port]).values()]
            time.sleep(0.005)
        return collected


if "ISN_PICTURE" in os.environ:
    Isns.test_picture = Isns.draw_picture

if __name__ == "__main__":
    lab.main()
