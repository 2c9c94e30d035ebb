"""Thousands of numbered pings from a machine of the lab, with the kernel's timestamps."""
import socket
import struct
import threading
import time

ECHO_REQUEST, ECHO_REPLY = 8, 0
SO_TIMESTAMPNS = 35
HEADERS = struct.Struct("!BBHHH")
NUMBER = struct.Struct("!I")


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Pings:
    """Sends pings to an address and records the replies: `answers[n]` is a list of round trips in
    milliseconds, `order` the numbers in order of arrival."""

    def __init__(self, machine, address, count, per_second, size=56, patience=1.0):
        self.address, self.count, self.interval = address, count, 1 / per_second
        self.size, self.patience = size, patience
        self.sent = [0] * count
        self.answers = [[] for _ in range(count)]
        self.order = []
        self.tag = int(time.monotonic_ns() / 1000) & 0xFFFF
        with machine.inside():
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
        self.socket.settimeout(0.1)
        self.is_over = False
        self.thread = threading.Thread(target=self._receive)
        self.thread.start()
        self.sender = threading.Thread(target=self._send)
        self.sender.start()

    def _send(self):
        payload = bytes(self.size - NUMBER.size)
        empty = HEADERS.pack(ECHO_REQUEST, 0, 0, self.tag, 0) + NUMBER.pack(0) + payload
        base = ~checksum(empty) & 0xFFFF  # only the number changes
        begun = time.monotonic()
        for number in range(self.count):
            wait = begun + number * self.interval - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            total = base + (number >> 16) + (number & 0xFFFF)
            total = (total & 0xFFFF) + (total >> 16)
            packet = HEADERS.pack(ECHO_REQUEST, 0, ~total & 0xFFFF, self.tag, 0) + \
                NUMBER.pack(number) + payload
            self.sent[number] = time.time_ns()
            self.socket.sendto(packet, (self.address, 0))

    def _receive(self):
        while not self.is_over:
            try:
                data, ancillary, _, _ = self.socket.recvmsg(2048, 64)
            except socket.timeout:
                continue
            kind, _, _, tag, _ = HEADERS.unpack_from(data, 20)
            if kind != ECHO_REPLY or tag != self.tag:
                continue
            number = NUMBER.unpack_from(data, 28)[0]
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
            came = seconds * 1_000_000_000 + nanoseconds
            self.answers[number].append((came - self.sent[number]) / 1e6)
            self.order.append(number)

    def finish(self):
        """Waits for the last replies; returns itself."""
        self.sender.join()
        time.sleep(self.patience)
        self.is_over = True
        self.thread.join()
        self.socket.close()
        return self

    @property
    def received(self):
        return sum(1 for answers in self.answers if answers)

    @property
    def round_trips(self):
        """The round trips of the first replies, ascending."""
        return sorted(answers[0] for answers in self.answers if answers)

    def at_share(self, share):
        times = self.round_trips
        return times[min(int(share * len(times)), len(times) - 1)]

    @property
    def overtaken(self):
        """The number of replies that arrived after a reply to a later ping."""
        latest, count = -1, 0
        for number in self.order:
            count += number < latest
            latest = max(latest, number)
        return count
