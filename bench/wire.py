"""The virtual wire of bench/compare, and its two processors."""
import contextlib
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/system"))
import lab  # noqa: E402

TOOLS = pathlib.Path(os.environ.get("APIARY_WIRE_TOOLS", ROOT / "build/release/bench"))


def on_processor(number):
    return ["taskset", "-c", str(number)] if os.cpu_count() > 1 else []


def take_precedence():
    """Runs this program, the client of the bulk transfers, and all that it starts before other load."""
    with contextlib.suppress(OSError):
        os.setsid()
    with contextlib.suppress(OSError):
        os.nice(-19)
        pathlib.Path("/proc/self/autogroup").write_text("-19")
    if os.cpu_count() > 1:
        os.sched_setaffinity(0, {0})


class Wire(lab.Lab):
    """A lab whose machines know each other's MAC address, and the way to the flood's sources."""

    def __init__(self):
        super().__init__()
        self.gateway = self.mac(self.honeynet, "inside")
        self.honeynet.ip("neighbour", "replace", "192.0.2.2", "lladdr", self.mac(self.attacker, "outside"),
                         "dev", "inside", "nud", "permanent")
        self.attacker.ip("neighbour", "replace", "192.0.2.1", "lladdr", self.gateway, "dev", "outside",
                         "nud", "permanent")
        self.honeynet.ip("route", "add", "198.18.0.0/15", "via", "192.0.2.2")

    @staticmethod
    def mac(machine, interface):
        return re.search(r"link/ether (\S+)", machine.ip("link", "show", interface))[1]

    def tool(self, name, *arguments, timeout=60):
        """Runs a load generator; returns what it measured."""
        output = self.attacker.run(*on_processor(0), TOOLS / name, "outside", self.gateway, *arguments,
                                   timeout=timeout).stdout
        return {key: float(value) for key, value in map(str.split, output.splitlines())}
