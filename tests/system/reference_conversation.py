"""Carries out the steps of one stimulus against one target, and writes down what comes back.

Sequence numbers: a plain number counts from the initial sequence number of its side, `+N` and `-N` from what comes
next. Without `ack=`, a segment acknowledges all that has come."""
import queue
import struct
import time

import odd_packets
import reference_packets as packets
from odd_packets import ICMP, TCP, UDP

ISN, START_STAMP = 100_000, 5_000_000
OTHER_SOURCE = 5_000  # further than the numbers of all conversations
PORTS = {"echo": 7, "discard": 9, "daytime": 13, "closed": 81}
SYN_OPTIONS = {"mss": "1460", "sack": "yes", "ts": "yes", "ws": "7"}


class Conversation:
    def __init__(self, wire, number, stimulus):
        self.wire, self.number_of_client, self.stimulus = wire, number, stimulus
        self.source, self.replies = wire.add_client(number)
        self.port, self.target_port, self.next = 40_000 + number, PORTS["echo"], ISN
        self.first = self.received = 0  # the target's initial sequence number, and the next that is expected
        self.has_stamps, self.stamp_echo, self.started = False, 0, time.time()
        self.log, self.kept, self.quiet, self.sent_at = [], [], False, time.time()
        self.identification = 1000

    def run(self):
        """The replies as lines of text."""
        for step in self.stimulus.steps:
            getattr(self, f"step_{step.word}", self.step_segment)(step)
        self.collect(0.05)
        return self.log

    # Time.

    def collect(self, seconds, until=lambda: False):
        """Notes what comes within this time, or until the condition is true."""
        end = time.time() + seconds
        while not until() and (left := end - time.time()) > 0:
            try:
                reply = self.replies.get(timeout=left)
            except queue.Empty:
                return
            self.note(reply)

    def note(self, reply):
        if reply.protocol == TCP and not reply.offset:
            if "S" in reply.flags:
                self.first, self.received = reply.sequence, reply.sequence + 1
                self.has_stamps = reply.stamp() is not None
            length = len(reply.payload) + ("F" in reply.flags)
            if reply.sequence == self.received & packets.MASK:
                self.received += length
            if reply.stamp() is not None:
                self.stamp_echo = reply.stamp()
        self.kept.append(reply)
        if not self.quiet:
            after = max(0.0, reply.at - self.sent_at)
            self.log.append((after, packets.describe(reply, ISN, self.first, self.stimulus.without)))

    def step_wait(self, step):
        self.collect(float(step.words[0]))

    # TCP.

    def step_open(self, step, is_half=False):
        """`open PORT`: a handshake, whose SYN/ACK is not noted."""
        self.quiet = True
        self.step_segment(type(step)("S", step.words, {**step.settings, "gap": "0"}))
        self.collect(2, until=lambda: self.first)
        self.quiet = is_half
        if not is_half:
            self.send_segment("A", {})
            self.collect(0.03)
        self.quiet = False

    def step_halfopen(self, step):
        self.step_open(step, is_half=True)

    def step_again(self, step):
        """The same addresses and ports, another initial sequence number: `again +N`."""
        self.next = ISN + int(step.words[0])

    def step_become(self, step):
        """`become source=N port=N`: what follows comes from another address of ours, or another port."""
        self.source, _ = self.wire.add_client(
            self.number_of_client + OTHER_SOURCE * int(step.settings.get("source", 0)), self.replies)
        self.port = 40_000 + self.number_of_client + OTHER_SOURCE * int(step.settings.get("port", 0))
        self.next, self.first, self.received = ISN, 0, 0

    def step_segment(self, step):
        if step.words and step.words[0] in PORTS:
            self.target_port = PORTS[step.words[0]]
        if set(step.word) - set(packets.FLAGS) and step.word != "none":
            raise ValueError(f"{self.stimulus.name}: what is {step.word}?")
        self.send_segment("" if step.word == "none" else step.word, step.settings, "nots" in step.words)
        self.collect(float(step.settings.get("gap", 0.03)))

    def number(self, text, base, following):
        return following + int(text) if text[0] in "+-" else base + int(text)

    def send_segment(self, flags, settings, without_stamp=False):
        payload = bytes(int(settings.get("len", 0)))
        sequence = self.number(settings.get("seq", "+0"), ISN, self.next)
        acknowledgment = self.number(settings.get("ack", "+0"), self.first, self.received) if "A" in flags else 0
        if "opt" in settings:
            options = bytes.fromhex(settings["opt"])
        elif "S" in flags:
            options = self.syn_options({**SYN_OPTIONS, **settings})
        else:
            options = b"" if without_stamp or not self.has_stamps else b"\1\1" + self.stamps(settings)
        segment = packets.tcp(self.source, self.wire.target, (self.port, self.target_port), sequence,
                              acknowledgment, flags, int(settings.get("win", 64240 if "S" in flags else 502)),
                              options, payload, int(settings.get("urg", 0)))
        if "seq" not in settings:
            self.next += len(payload) + ("S" in flags) + ("F" in flags)
        self.send(TCP, segment, settings)

    def stamps(self, settings):
        value = START_STAMP + int((time.time() - self.started) * 1000) + int(settings.get("ts", 0))
        return struct.pack("!BBII", packets.STAMPS, 10, value & packets.MASK, self.stamp_echo)

    def syn_options(self, settings):
        words = [struct.pack("!BBH", 2, 4, int(settings["mss"]))] if settings["mss"] != "no" else []
        words += [b"\4\2"] if settings["sack"] == "yes" else []
        words += [self.stamps({})] if settings["ts"] == "yes" else []
        words += [bytes([1, 3, 3, int(settings["ws"])])] if settings["ws"] != "no" else []
        return b"".join(words)

    # Other protocols.

    def step_ping(self, step):
        settings = step.settings
        self.step_icmp(type(step)("icmp", ["8", settings.get("code", "0")], settings))

    def step_icmp(self, step):
        """`icmp TYPE CODE [HEX]`, the rest after the checksum; without it, an identifier, a number and `len` bytes."""
        kind, code, *rest = step.words
        body = bytes.fromhex(rest[0]) if rest else b"\x12\x34\0\1" + b"x" * int(step.settings.get("len", 56))
        self.send(ICMP, odd_packets.icmp(int(kind), int(code), body, b""), step.settings)
        self.collect(float(step.settings.get("gap", 0.03)))

    def step_error(self, step):
        """`error TYPE CODE [mtu=N]`: an ICMP error about the last packet that came."""
        rest = struct.pack("!HH", 0, int(step.settings.get("mtu", 0)))
        quote = self.kept[-1].packet[:28]
        self.send(ICMP, odd_packets.icmp(int(step.words[0]), int(step.words[1]), rest, quote), step.settings)
        self.collect(float(step.settings.get("gap", 0.03)))

    def step_udp(self, step):
        port = PORTS.get(step.words[0]) or int(step.words[0])
        payload = bytes(int(step.settings.get("len", 0)))
        self.send(UDP, packets.udp(self.source, self.wire.target, (self.port, port), payload), step.settings)
        self.collect(float(step.settings.get("gap", 0.03)))

    def step_ip(self, step):
        """`ip PROTOCOL`: a packet of another protocol."""
        self.send(int(step.words[0]), bytes(int(step.settings.get("len", 20))), step.settings)
        self.collect(0.03)

    def send(self, protocol, payload, settings):
        """`pieces=0-8,8-64`: as fragments of these bytes, in this order; `end` is the last byte."""
        self.identification += 1
        fields = {"tos": int(settings.get("tos", 0)), "ttl": int(settings.get("ttl", 64)),
                  "options": bytes.fromhex(settings.get("ipopt", ""))}
        fragment = int(settings.get("fragment", "0x4000"), 16)
        self.sent_at = time.time()
        for piece in settings.get("pieces", "").split(",") if "pieces" in settings else ["0-end"]:
            first, last = piece.replace("end", str(len(payload))).split("-")
            first, last = int(first), int(last)
            if "pieces" in settings:
                fragment = first // 8 | (0x2000 if last < len(payload) else 0)
            self.wire.send(packets.ipv4(self.source, self.wire.target, protocol, payload[first:last],
                                        self.identification, fragment=fragment, **fields))

    # What is derived from several replies.

    def step_show(self, step):
        """`show ids`, `show isns`: how these numbers of the replies follow each other."""
        name = step.words[0]
        if name == "stamps":
            return self.show_stamps()
        values = [reply.identification if name == "ids" else reply.sequence for reply in self.kept
                  if name == "ids" or "S" in reply.flags]
        size = 1 << (16 if name == "ids" else 32)
        # After 0, which is no number of a sequence, one begins at random: up and down are the same there.
        steps = [((b - a) % size, a == 0) for a, b in zip(values, values[1:])]
        self.log.append((0.0, f"{name}: {'0' if values and not values[0] else 'n'} " + " ".join(
            f"+{step}" if step < 2 else "+random" if begins else "+up" if step < size // 2 else "+down"
            for step, begins in steps)))

    def show_stamps(self):
        """Which replies have timestamps of the clock that the first one shows, of a thousand ticks a second."""
        starts = [(reply.stamp() - int(reply.at * 1000)) % (packets.MASK + 1) for reply in self.kept
                  if reply.stamp() is not None]
        is_same = [min((start - starts[0]) % (packets.MASK + 1), (starts[0] - start) % (packets.MASK + 1)) < 50
                   for start in starts]
        self.log.append((0.0, "stamps: " + " ".join("same" if same else "other" for same in is_same)))
