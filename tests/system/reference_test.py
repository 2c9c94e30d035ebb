"""This machine's kernel and a virtual host with its personality, asked the same: the stimuli of
reference_stimuli.txt. They may differ only where reference_differences.txt gives a reason. Prints the differences.

    STIMULI='NAME,NAME' reference_test.py    asks only these, and prints the replies"""
import concurrent.futures
import os
import pathlib

import lab
from reference_conversation import Conversation
from reference_stimuli import read_stimuli
from reference_wire import Wire, add_kernel

TARGET = "10.9.1.1"
AT_ONCE = 24
ATTEMPTS = 4  # for what depends on time, on a machine with other work
PERSONALITY = "Linux 6.x"
CONFIG = f"""
create linux
set linux personality "{PERSONALITY}"
set linux default tcp action reset
set linux default udp action reset
set linux uptime 100000
set linux ethernet "02:00:00:00:00:00"
add linux tcp port 7 internal "echo"
add linux tcp port 9 internal "discard"
add linux tcp port 13 internal "daytime"
add linux udp port 7 internal "echo"
bind {TARGET} linux
"""
SERVER = '''
import socket, threading
def echo(c):
    while data := c.recv(65536):
        c.sendall(data)
def discard(c):
    while c.recv(65536):
        pass
def daytime(c):
    c.sendall(b"Saturday, November 28, 2026 12:00:00-UTC\\r\\n")
def serve(c, handler):
    try:
        handler(c)
    except OSError:
        pass
    c.close()
def listen(port, handler):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", port))
    s.listen(512)
    while True:
        threading.Thread(target=serve, args=(s.accept()[0], handler), daemon=True).start()
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("", 7))
for port, handler in (7, echo), (9, discard), (13, daytime):
    threading.Thread(target=listen, args=(port, handler), daemon=True).start()
print("listening", flush=True)
while True:
    data, peer = u.recvfrom(65536)
    u.sendto(data, peer)
'''


def is_alike(ours, theirs):
    """The same packets, at about the same times after what caused them."""
    return len(ours) == len(theirs) and all(
        a == b and abs(at - other) <= max(0.028, 0.12 * max(at, other)) for (at, a), (other, b) in zip(ours, theirs))


def show(log):
    return " ; ".join(f"{'now' if at < 0.028 else f'{at:.2f}s'} {text}" for at, text in log) or "(silence)"


def read_differences():
    """Name of a stimulus -> why the host may answer otherwise than the kernel."""
    path = pathlib.Path(__file__).with_name("reference_differences.txt")
    lines = [line.split("|") for line in path.read_text().splitlines() if line.strip() and line[0] != "#"]
    return {name.strip(): reason.strip() for name, reason in lines}


class Reference(lab.LabTest):
    """The attacker has a wire to each target; both targets have the same address."""
    config = CONFIG
    arguments = ("-i", "inside", "--key", "reference", f"{TARGET}/32")

    @classmethod
    def prepare(cls):
        add_kernel(cls, TARGET, "net.ipv4.tcp_rmem='4096 131072 33554432' net.ipv4.icmp_ratelimit=0", SERVER)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.wait_for_log("answering")
        cls.number = 0
        cls.wires = []
        for interface in "outside", "reference":
            cls.wires.append(Wire(cls.attacker, interface, TARGET))
            cls.addClassCleanup(cls.wires[-1].close)
            assert cls.wires[-1].find_target(), f"{interface}: no machine has {TARGET}"

    def ask(self, stimulus):
        """What the host answers, and the kernel."""
        type(self).number += 1
        number = self.number
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda wire: Conversation(wire, number, stimulus).run(), self.wires))

    def test_as_the_kernel(self):
        release = os.uname().release
        if tuple(int(number) for number in release.split(".")[:2]) < (6, 1):
            self.skipTest(f"Linux {release} is not what the personality imitates")
        chosen = set(filter(None, os.environ.get("STIMULI", "").split(",")))
        stimuli = [s for s in read_stimuli() if not chosen or s.name in chosen]
        allowed, unlike, answers = read_differences(), stimuli, {}
        for attempt in range(ATTEMPTS):
            with concurrent.futures.ThreadPoolExecutor(AT_ONCE if attempt < 2 else 1) as pool:
                answers.update(zip((s.name for s in unlike), pool.map(self.ask, unlike)))
            unlike = [s for s in unlike if not is_alike(*answers[s.name])]
        for stimulus in stimuli if chosen else unlike:
            ours, kernels = answers[stimulus.name]
            print(f"{stimulus.name}{': ' + allowed[stimulus.name] if stimulus.name in allowed else ''}\n"
                  f"    kernel {show(kernels)}\n    host   {show(ours)}", flush=True)
        print(f"{len(stimuli)} stimuli, {len(unlike)} answered otherwise than by Linux {release}, "
              f"{len(allowed)} allowed")
        self.assertEqual([s.name for s in unlike if s.name not in allowed], [])


if __name__ == "__main__":
    lab.main()
