"""A lab for tests: machines that are network namespaces, wires between them, and the daemon.

A Lab removes everything that it created. The tests use unittest; a file ends with lab.main().
"""
import atexit
import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("APIARY_BINARY", str(ROOT / "build/release/apiary"))
# The program of the process that starts services. Not set: the daemon forks it.
SPAWNER = os.environ.get("APIARY_SPAWNER_BINARY")
# Threads of each daemon whose configuration several can serve. Not set: one.
THREADS = os.environ.get("APIARY_THREADS")
EXAMPLES = ROOT / "examples"
SKIPPED = 77  # exit status for ctest
CLONE_NEWNET = 0x40000000

TOKEN = "a-token-for-the-lab-0123456789"  # of the dashboard

libc = ctypes.CDLL(None, use_errno=True)
logs = []  # the daemons' logs, printed if a test fails
complaints = []  # logs of daemons whose sanitizers found something


def run(*command, check=True, timeout=60, **options):
    """Runs a command. Returns its output, both streams together, and its exit status."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout,
                          **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}")
    return done


class Machine:
    """A network namespace with a name of its own."""

    def __init__(self, name):
        self.name = f"apiary-test-{os.getpid()}-{name}"
        self.names = pathlib.Path("/etc/netns") / self.name
        run("ip", "netns", "add", self.name)
        self.provide_names()
        self.ip("link", "set", "lo", "up")

    def provide_names(self):
        """The machine's own /etc files about names and resolvers: the outer machine's resolver is out of
        reach. `ip netns exec` mounts these files over those in /etc."""
        with contextlib.suppress(OSError):
            os.makedirs(self.names.parent, exist_ok=True)
            self.names.mkdir()
            (self.names / "hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {os.uname().nodename}\n")
            (self.names / "nsswitch.conf").write_text("hosts: files dns\n")
            # Nothing listens there, and the kernel reports it immediately.
            (self.names / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")

    def remove(self):
        run("ip", "netns", "del", self.name, check=False)
        shutil.rmtree(self.names, ignore_errors=True)

    def ip(self, *arguments):
        return run("ip", "-n", self.name, *arguments).stdout

    def run(self, *command, **options):
        return run("ip", "netns", "exec", self.name, *command, **options)

    def shell(self, script, **options):
        return self.run("bash", "-c", script, **options)

    def start(self, *command, sees_groups=False, **options):
        """`sees_groups`: with the outer machine's /sys, where control groups are. `ip netns exec` hides it."""
        enter = ["nsenter", f"--net=/run/netns/{self.name}"] if sees_groups else ["ip", "netns", "exec", self.name]
        return subprocess.Popen([*enter, *map(str, command)], **options)

    @contextlib.contextmanager
    def inside(self):
        """Runs this block, for example its socket calls, in this machine."""
        with open("/proc/self/ns/net") as home, open(f"/run/netns/{self.name}") as away:
            if libc.setns(away.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            try:
                yield
            finally:
                libc.setns(home.fileno(), CLONE_NEWNET)

    def connect(self, address, port, timeout=10):
        with self.inside():
            return socket.create_connection((address, port), timeout)

    def udp(self, address, port, timeout=5):
        """A connected socket: ICMP errors raise ConnectionRefusedError."""
        with self.inside():
            result = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        result.settimeout(timeout)
        result.connect((address, port))
        return result

    def listen(self, port, kind=socket.SOCK_STREAM):
        with self.inside():
            result = socket.socket(socket.AF_INET, kind)
        result.settimeout(10)
        result.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        result.bind(("", port))
        if kind == socket.SOCK_STREAM:
            result.listen()
        return result

    def processes(self):
        """The process ids in this machine."""
        return run("ip", "netns", "pids", self.name, check=False).stdout.split()

    def commands(self):
        """The command lines of all processes in this machine."""
        for pid in self.processes():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                yield pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")


def connect_wire(a, a_interface, b, b_interface, offloads=False):
    """Lays a wire between two machines."""
    a.ip("link", "add", a_interface, "type", "veth", "peer", "name", b_interface, "netns", b.name)
    for machine, interface in ((a, a_interface), (b, b_interface)):
        machine.ip("link", "set", interface, "up")
        if not offloads:  # frames as on a real wire: of ordinary size, with checksums
            machine.run("ethtool", "-K", interface, "tx", "off", "tso", "off", "gso", "off",
                        "gro", "off", check=False)


class Daemon:
    """apiary in a machine. `arguments` follow `apiary run`."""

    spawner = None  # that of another build

    def __init__(self, machine, folder, *arguments, sees_groups=False):
        if "--control" not in arguments:  # the default path is shared by the whole machine
            arguments += ("--control", pathlib.Path(folder) / f"control-{len(logs)}")
        if THREADS and "--threads" not in arguments:
            arguments += ("--threads", THREADS)
        self.log_path = pathlib.Path(folder) / f"apiary-{len(logs)}.log"
        logs.append(self)
        with open(self.log_path, "w") as log:
            if SPAWNER:
                self.spawner = self.start_spawner(machine, folder, arguments, log)
                arguments += ("--spawner", self.spawner_socket)
            self.process = machine.start(BINARY, "run", *arguments, stdout=log, stderr=log,
                                         cwd=folder, sees_groups=sees_groups)

    def start_spawner(self, machine, folder, arguments, log):
        """Has systemd start `apiary spawner` when the daemon connects to its socket."""
        self.spawner_socket = self.log_path.with_suffix(".spawner")
        config = arguments[arguments.index("-f") + 1]
        spawner = machine.start("systemd-socket-activate", "--seqpacket", "--accept", "-E", "ASAN_OPTIONS",
                                "-l", self.spawner_socket, SPAWNER, "spawner", "-f", config, stdout=log,
                                stderr=log, cwd=folder)
        wait_until(self.spawner_socket.exists, 15)
        return spawner

    def log(self):
        return self.log_path.read_text(errors="replace")

    def wait_for_log(self, text, timeout=10):
        return wait_until(lambda: text in self.log(), timeout)

    def stop(self, with_signal=signal.SIGTERM):
        """Ends it; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        if self.spawner:
            self.spawner.kill()
            self.spawner.wait()
        try:
            status = self.process.wait(10)
            # A leak in a build with sanitizers does not fail the test itself.
            if "Sanitizer" in self.log():
                complaints.append(self.log())
            return status
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the daemon does not end")


class Lab:
    """An attacker (192.0.2.2) on a wire to a machine (192.0.2.1) to which 10.0.0.0/8 is routed."""

    def __init__(self, offloads=False):
        self.machines = []
        self.daemons = []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="apiary-test-"))
        self.folder.chmod(0o755)  # services run as nobody
        atexit.register(self.remove)
        self.attacker = self.add_machine("attacker")
        self.honeynet = self.add_machine("honeynet")
        connect_wire(self.attacker, "outside", self.honeynet, "inside", offloads)
        self.attacker.ip("address", "add", "192.0.2.2/24", "dev", "outside")
        self.honeynet.ip("address", "add", "192.0.2.1/24", "dev", "inside")
        self.attacker.ip("route", "add", "10.0.0.0/8", "via", "192.0.2.1")

    def add_machine(self, name):
        self.machines.append(Machine(name))
        return self.machines[-1]

    def add_file(self, name, text, mode=0o755):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def copy_examples(self):
        shutil.copytree(EXAMPLES, self.folder, dirs_exist_ok=True)
        run("chmod", "-R", "a+rX", self.folder)

    def start_daemon(self, config, *arguments, answers=None, sees_groups=False):
        """Starts the daemon with this configuration, a text or a file's name in the lab's folder,
        and waits until `answers`, an address, answers a ping; None: until its log has a line."""
        if "\n" in config:
            config = self.add_file("test.conf", config).name
        daemon = Daemon(self.honeynet, self.folder, "-f", config, *arguments, sees_groups=sees_groups)
        self.daemons.append(daemon)

        def cannot_have_threads():
            return THREADS and "--threads" not in arguments and "use --threads 1" in daemon.log()

        def is_up():
            if daemon.process.poll() is not None:
                if cannot_have_threads():
                    return True
                raise AssertionError(f"the daemon ended immediately:\n{daemon.log()}")
            if answers is None:
                return daemon.log()
            return self.attacker.run("ping", "-c1", "-W0.3", answers, check=False).returncode == 0

        if not wait_until(is_up, 15):
            raise AssertionError(f"the daemon does not answer:\n{daemon.log()}")
        if cannot_have_threads():
            daemon.stop()
            self.daemons.remove(daemon)
            return self.start_daemon(config, *arguments, "--threads", "1", answers=answers,
                                     sees_groups=sees_groups)
        return daemon

    def remove(self):
        atexit.unregister(self.remove)
        for daemon in self.daemons:
            with contextlib.suppress(AssertionError):
                daemon.stop()
            daemon.log_text = daemon.log()
            daemon.log = lambda text=daemon.log_text: text
        for machine in self.machines:
            machine.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


class LabTest(unittest.TestCase):
    """Tests that share a lab and a daemon. A class sets `config` and, if needed, other attributes."""

    config = None
    arguments = ("-i", "inside", "10.0.0.0/8")
    answers = None
    offloads = False
    sees_groups = False  # see Machine.start()

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(cls.offloads)
        cls.addClassCleanup(cls.lab.remove)
        cls.attacker, cls.honeynet = cls.lab.attacker, cls.lab.honeynet
        cls.prepare()
        if cls.config:
            cls.daemon = cls.lab.start_daemon(cls.config, *cls.arguments, answers=cls.answers,
                                              sees_groups=cls.sees_groups)

    @classmethod
    def prepare(cls):
        """Prepares the lab before the daemon starts."""


def all_commands():
    """The command lines of all processes, those in sandboxes included: these are in no machine's namespace."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return found


def wait_until(condition, timeout=10):
    """Returns the value of `condition()` once it is true or the time (seconds) is over."""
    end = time.monotonic() + timeout
    while not (result := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return result


def read_all(connection):
    """Reads until the other side closes."""
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


median = statistics.median


def main():
    """Runs the tests of the program's file. Skips them without permission to create namespaces."""
    try:
        Machine("probe").remove()
    except (AssertionError, FileNotFoundError) as error:
        print(f"\n*** NOT TESTED: {sys.argv[0]} needs root and network namespaces: {error} ***\n")
        sys.exit(1 if os.environ.get("CI") else SKIPPED)
    if not os.access(BINARY, os.X_OK):
        sys.exit(f"There is no {BINARY}: build it first (cmake --workflow --preset release).")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    program = unittest.main(exit=False, verbosity=2)
    passed = program.result.wasSuccessful() and not complaints
    if not passed:
        print("".join(complaints))
        for daemon in logs:
            print(f"\n--- what the daemon said ---\n{daemon.log()}")
    sys.exit(not passed)
