"""Reloads by apiary ctl and SIGHUP, also under load."""
import selectors
import signal
import socket
import struct
import subprocess
import time

import lab
from control_lab import CONFIG, Control

HOSTS = 4
CONNECTIONS = 200
RELOADS = 100


class Reload(Control):
    def test_by_ctl_says_what_is_wrong_and_changes_nothing(self):
        self.file.write_text(CONFIG + "bind 10.0.0.300 host\n")
        self.assertIn("live.conf:5:6: error", self.ctl("reload", status=1))
        self.assertTrue(self.answers("10.0.0.5"))
        self.assertIn("the last reload failed", self.ctl("status"))
        self.file.write_text("create host\n")  # without bound addresses, which is an error
        self.ctl("reload", status=1)
        self.file.write_text(CONFIG.replace("10.0.0.5", "10.0.0.6"))
        self.ctl("reload")
        self.assertTrue(self.answers("10.0.0.6"))
        self.assertFalse(self.answers("10.0.0.5"))
        self.assertNotIn("the last reload failed", self.ctl("status"))

    def test_by_signal_goes_to_the_log(self):
        self.file.write_text(CONFIG + "bind 10.0.0.6 hots\n")
        self.daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(self.daemon.wait_for_log("was not reloaded"))
        self.assertTrue(self.daemon.wait_for_log("live.conf:5:15: error"))
        self.file.write_text(CONFIG + "bind 10.0.0.6 host\n")
        for _ in range(20):
            self.daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(self.daemon.wait_for_log("was reloaded"))
        self.assertTrue(lab.wait_until(lambda: self.answers("10.0.0.6")))

    def test_of_a_file_that_may_no_longer_be_read_says_what_to_do(self):
        self.file.chmod(0o600)
        said = self.ctl("reload", status=1)
        self.assertIn("Permission denied", said)
        self.assertIn("no longer runs as root", said)

    def test_services_and_routes_of_tun_follow(self):
        self.daemon.stop()
        daemon = self.lab.start_daemon("live.conf", "-i", "tun:bees", "--control", self.path)
        self.assertTrue(lab.wait_until(lambda: "10.0.0.5" in self.honeynet.ip("route")))
        self.ctl("bind 10.0.0.77 host")
        self.assertIn("10.0.0.77 dev bees", self.honeynet.ip("route"))
        self.assertEqual(self.honeynet.run("ping", "-c1", "-W1", "10.0.0.77").returncode, 0)
        self.ctl("reload")
        self.assertNotIn("10.0.0.77", self.honeynet.ip("route"))
        daemon.stop()


class Echo:
    """A connection to `cat`: sends without end, and checks that the same bytes come back."""

    WINDOW = 6_000  # bytes in flight

    def __init__(self, machine, address, number):
        self.socket = machine.connect(address, 7)
        self.socket.setblocking(False)
        self.number, self.sent, self.received = number, 0, 0

    def byte_at(self, start, count):
        """The bytes of its stream, different for each connection."""
        pattern = bytes((i * 7 + self.number) % 251 for i in range(251))
        turn = start % 251
        return (pattern[turn:] + pattern * (count // 251 + 1))[:count]

    def send(self):
        room = min(self.WINDOW - (self.sent - self.received), 2_000)
        if room > 0:
            self.sent += self.socket.send(self.byte_at(self.sent, room))

    def receive(self):
        part = self.socket.recv(1 << 16)
        if not part:
            raise AssertionError(f"connection {self.number} was closed")
        if part != self.byte_at(self.received, len(part)):
            raise AssertionError(f"connection {self.number}: other bytes came back")
        self.received += len(part)


class UnderLoad(Control):
    """Many connections during many reloads."""

    BINDS = "".join(f"bind 10.0.1.{i + 1} host\n" for i in range(HOSTS))

    def converse(self, echoes, until):
        """Lets all of them send and receive until `until()`."""
        with selectors.DefaultSelector() as selector:
            for echo in echoes:
                selector.register(echo.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, echo)
            while not until():
                for key, events in selector.select(0.1):
                    if events & selectors.EVENT_READ:
                        key.data.receive()
                    if events & selectors.EVENT_WRITE:
                        key.data.send()
                time.sleep(0.02)  # leaves time to the rest of the machine

    def test_no_byte_is_lost(self):
        self.file.write_text(CONFIG + self.BINDS)
        self.ctl("reload")
        echoes = [Echo(self.attacker, f"10.0.1.{i % HOSTS + 1}", i) for i in range(CONNECTIONS)]
        reloads = {True: 0, False: 0}
        running = None

        def step():
            """Starts the next reload when the last one is complete. Returns whether all are."""
            nonlocal running
            if running is not None:
                if running.poll() is None:
                    return False
                good = running.returncode == 0
                self.assertEqual(good, sum(reloads.values()) % 10 != 9, running.stdout.read())
                reloads[good] += 1
                running.stdout.close()
            count = sum(reloads.values())
            if count == RELOADS:
                return True
            text = CONFIG + self.BINDS + f"bind 10.0.2.{count + 1} host\n"
            self.file.write_text(text + ("bind what\n" if count % 10 == 9 else ""))
            running = subprocess.Popen(
                [lab.BINARY, "ctl", "--socket", str(self.path), "reload"],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            return False

        self.converse(echoes, step)
        for echo in echoes:  # and the bytes still in flight
            echo.send = lambda: None
        end = time.monotonic() + 20
        self.converse(echoes, lambda: all(e.sent == e.received for e in echoes) or
                      time.monotonic() > end)
        self.assertEqual(reloads, {True: RELOADS * 9 // 10, False: RELOADS // 10})
        for echo in echoes:
            self.assertEqual(echo.received, echo.sent)
            self.assertGreater(echo.received, 20_000)
            echo.socket.close()
        print(f"{sum(e.received for e in echoes)} bytes there and back, none lost")


class Sequences(Control):
    """Unchanged hosts continue their sequences."""

    def probe(self):
        """The IP ID and the timestamp of a SYN/ACK."""
        with self.attacker.inside():
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x800))
        wire.bind(("outside", 0x800))
        wire.settimeout(5)
        with wire, self.attacker.connect("10.0.0.5", 7):
            while True:
                frame = wire.recv(2048)
                if frame[26:30] != bytes((10, 0, 0, 5)) or frame[47] != 0x12:
                    continue
                header = (frame[46] >> 4) * 4
                options = frame[54:34 + header]
                at = options.find(b"\x08\x0a")
                return (struct.unpack(">H", frame[18:20])[0],
                        struct.unpack(">I", options[at + 2:at + 6])[0])

    def test_ip_ids_and_timestamps_go_on(self):
        # A system with one IP ID counter for all packets, and with timestamps.
        self.file.write_text(CONFIG + 'set host personality "Microsoft Windows 7 SP1"\n')
        self.ctl("reload")
        begun = time.monotonic()
        first_id, first_time = self.probe()
        for _ in range(5):
            self.ctl("reload")
        second_id, second_time = self.probe()
        passed = time.monotonic() - begun
        self.assertIn((second_id - first_id) % 65_536, range(1, 40))
        self.assertLess((second_time - first_time) % (1 << 32), (passed + 1) * 1000)


if __name__ == "__main__":
    lab.main()
