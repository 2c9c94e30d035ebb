"""IPv4 packets of a conversation: what a stimulus sends, and what comes back, as a line of text."""
import dataclasses
import socket
import struct

from odd_packets import ICMP, TCP, UDP, checksum

FLAGS = "FSRPAUEC"  # from bit 0
MASK = 0xffffffff
MSS, NOP, SCALE, SACK_OK, SACK, STAMPS = 2, 1, 3, 4, 5, 8


def ipv4(source, target, protocol, payload, identification, tos=0, ttl=64, fragment=0x4000, options=b""):
    options += b"\0" * (-len(options) % 4)
    header = struct.pack("!BBHHHBBH4s4s", 0x45 + len(options) // 4, tos, 20 + len(options) + len(payload),
                         identification, fragment, ttl, protocol, 0, socket.inet_aton(source),
                         socket.inet_aton(target)) + options
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def with_checksum(source, target, protocol, segment, at):
    """The segment with the checksum of TCP or UDP at this offset."""
    pseudo = socket.inet_aton(source) + socket.inet_aton(target) + struct.pack("!BBH", 0, protocol, len(segment))
    return segment[:at] + struct.pack("!H", checksum(pseudo + segment)) + segment[at + 2:]


def tcp(source, target, ports, sequence, acknowledgment, flags, window, options=b"", payload=b"", urgent=0,
        reserved=0):
    options += b"\1" * (-len(options) % 4)
    bits = sum(1 << FLAGS.index(flag) for flag in flags)
    segment = struct.pack("!HHIIBBHHH", *ports, sequence & MASK, acknowledgment & MASK,
                          5 + len(options) // 4 << 4 | reserved, bits, window, 0, urgent) + options + payload
    return with_checksum(source, target, TCP, segment, 16)


def udp(source, target, ports, payload):
    return with_checksum(source, target, UDP, struct.pack("!HHHH", *ports, 8 + len(payload), 0) + payload, 6)


@dataclasses.dataclass
class Reply:
    """A received packet. `at`: seconds of the clock of the frames."""
    at: float
    packet: bytes

    def __post_init__(self):
        self.tos, length, self.identification, fragment, self.ttl, self.protocol = struct.unpack(
            "!xBHHHBB", self.packet[:10])
        self.header = (self.packet[0] & 15) * 4
        self.body = self.packet[self.header:length]
        self.dont_fragment, self.offset, self.more = fragment & 0x4000, fragment & 0x1fff, fragment & 0x2000
        if self.protocol == TCP and len(self.body) >= 20:
            (self.source_port, self.port, self.sequence, self.acknowledgment, offset, bits, self.window,
             self.urgent) = struct.unpack("!HHIIBBH2xH", self.body[:20])
            self.flags = "".join(name for bit, name in enumerate(FLAGS) if bits >> bit & 1)
            self.options, self.payload = self.body[20:offset // 16 * 4], self.body[offset // 16 * 4:]

    def stamp(self):
        """The timestamp of a TCP segment, or None."""
        at = self.options.find(bytes([STAMPS, 10]))
        return None if at < 0 else struct.unpack("!I", self.options[at + 2:at + 6])[0]


def layout(options):
    """TCP options as words: M1460,SOK,TS,N,WS7."""
    words, at = [], 0
    while at < len(options):
        kind = options[at]
        if kind < 2:
            words.append("EN"[kind])
            at += 1
            continue
        size = options[at + 1] if at + 1 < len(options) else 0
        if size < 2:
            return ",".join([*words, "?"])
        value = options[at + 2:at + size]
        words.append({MSS: f"M{int.from_bytes(value, 'big')}", SCALE: f"WS{value.hex().lstrip('0') or 0}",
                      SACK_OK: "SOK", SACK: f"SACKx{len(value) // 8}", STAMPS: "TS"}.get(kind, f"#{kind}"))
        at += size
    return ",".join(words)


def address_options(options):
    """IP options without the times of timestamps."""
    return options[:4] if options[0] == 68 else options


def describe(reply, sent, received, without):
    """A reply as text. `sent` and `received` are the sequence numbers to which it is relative; `without`: names of
    what must not be compared."""
    def word(name, text):
        return [] if name in without else [text]

    common = [*word("ttl", f"ttl{reply.ttl}"), *(["DF"] if reply.dont_fragment else []),
              *word("id", "id0" if reply.identification == 0 else "id"),
              *([f"tos{reply.tos}"] if reply.tos and "tos" not in without else []),
              *([f"ip:{address_options(reply.packet[20:reply.header]).hex()}"] if reply.header > 20 else []),
              *([f"offset{reply.offset * 8}"] if reply.offset or reply.more else [])]
    if reply.protocol == TCP and not reply.offset:
        def relative(number, base):
            return (number - base + (1 << 31) & MASK) - (1 << 31)
        is_first = "S" in reply.flags or ("R" in reply.flags and reply.sequence == 0)
        words = [reply.flags,
                 *word("seq", f"s{0 if is_first else relative(reply.sequence, received)}"),
                 *word("ack", f"a{relative(reply.acknowledgment, sent) if 'A' in reply.flags else reply.acknowledgment}"),
                 *word("win", f"w{reply.window}"), *word("len", f"len{len(reply.payload)}"),
                 *([f"urg{reply.urgent}"] if "U" in reply.flags else []), f"[{layout(reply.options)}]"]
    elif reply.protocol == ICMP and not reply.offset:
        words = [f"ICMP{reply.body[0]}/{reply.body[1]}", *word("len", f"len{len(reply.body)}")]
        if reply.body[0] in (5, 12):
            words.append(f"pointer{reply.body[4]}")
    else:
        words = [f"protocol{reply.protocol}", f"len{len(reply.body)}"]
    return " ".join([*words, *common])
