"""Malformed and odd IPv4 packets by name: every kind of wrong header, and packets that make a kernel reply.
Tests send them and record who answers."""
import socket
import struct

ICMP, IGMP, IPIP, TCP, UDP, GRE = 1, 2, 4, 6, 17, 47


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(source, target, payload, protocol=ICMP, options=b"", version=4, ihl=None, length=None, ttl=64,
         fragment=0, wrong_checksum=False):
    """`fragment` is the word of flags and offset; options are padded to whole words."""
    options += b"\0" * (-len(options) % 4)
    ihl = 5 + len(options) // 4 if ihl is None else ihl
    length = 20 + len(options) + len(payload) if length is None else length
    header = bytearray(struct.pack("!BBHHHBBH4s4s", version << 4 | ihl, 0, length, 4711, fragment, ttl,
                                   protocol, 0, socket.inet_aton(source), socket.inet_aton(target)))
    header += options
    value = checksum(bytes(header)) ^ (0x5555 if wrong_checksum else 0)
    header[10:12] = struct.pack("!H", value)
    return bytes(header) + payload


def icmp(kind=8, code=0, rest=b"\0\1\0\1", data=b"x" * 16):
    message = struct.pack("!BBH", kind, code, 0) + rest + data
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


def tcp(port, flags=2):
    """Without a checksum, so that the kernel checks the header first."""
    return struct.pack("!HHIIBBHHH", 40000, port, 1, 0, 5 << 4, flags, 1024, 0, 0)


def udp(port, data=b"hello"):
    return struct.pack("!HHHH", 40000, port, 8 + len(data), 0) + data


def options(source, own, claimed):
    """IP options, well-formed and not, by name."""
    a, b, c = (socket.inet_aton(address) for address in (source, own, claimed))
    yield "record route", bytes([7, 11, 4]) + bytes(8)
    yield "record route, too short", bytes([7, 2])
    yield "record route, even shorter", bytes([7, 1])
    yield "record route, of no length", bytes([7, 0, 4])
    yield "record route, pointer too small", bytes([7, 11, 3]) + bytes(8)
    yield "record route, no room for the last", bytes([7, 10, 8]) + bytes(7)
    yield "record route, past the header", bytes([7, 39, 4]) + bytes(4)
    yield "record route, full", bytes([7, 7, 8]) + bytes(4)
    yield "record route, twice", (bytes([7, 7, 4]) + bytes(4)) * 2
    for name, kind in ("loose", 131), ("strict", 137):
        for hop_name, hop in ("visitor", a), ("the machine", b), ("a honeypot", c):
            yield f"{name} source route by {hop_name}", bytes([kind, 7, 4]) + hop
            yield f"{name} source route, used up, by {hop_name}", bytes([kind, 7, 8]) + hop
        yield f"{name} source route, empty", bytes([kind, 3, 4])
        yield f"{name} source route, too short", bytes([kind, 2])
        yield f"{name} source route, pointer too small", bytes([kind, 7, 1]) + a
        yield f"{name} source route, past the header", bytes([kind, 30, 4]) + a
        yield f"{name} source route, twice", (bytes([kind, 7, 4]) + a) * 2
    yield "time stamp", bytes([68, 12, 5, 0]) + bytes(8)
    yield "time stamp and address", bytes([68, 12, 5, 1]) + bytes(8)
    yield "time stamp of a honeypot", bytes([68, 12, 5, 3]) + c + bytes(4)
    yield "time stamp of the machine", bytes([68, 12, 5, 3]) + b + bytes(4)
    yield "time stamp, too short", bytes([68, 3, 5])
    yield "time stamp, pointer too small", bytes([68, 12, 4, 0]) + bytes(8)
    yield "time stamp, unknown flag", bytes([68, 12, 5, 7]) + bytes(8)
    yield "time stamp, no room for one", bytes([68, 6, 5, 0, 0, 0])
    yield "time stamp, overflow full", bytes([68, 8, 9, 0xf0]) + bytes(4)
    yield "time stamp, past the header", bytes([68, 36, 5, 0]) + bytes(4)
    yield "router alert", bytes([148, 4, 0, 0])
    yield "router alert, too short", bytes([148, 3, 0])
    yield "router alert, another value", bytes([148, 4, 1, 1])
    yield "security", bytes([130, 11]) + bytes(9)
    yield "security, too short", bytes([130, 2])
    yield "CIPSO", bytes([134, 10, 0, 0, 0, 1, 1, 4, 0, 1])
    yield "CIPSO, too short", bytes([134, 5, 0, 0, 0])
    yield "stream identifier", bytes([136, 4, 0, 1])
    for kind in 0x1e, 0x5e, 0x9e, 0xde, 0xff, 25, 82:
        yield f"unknown option {kind}", bytes([kind, 4, 0, 0])
        yield f"unknown option {kind} of no length", bytes([kind, 0, 0, 0])
        yield f"unknown option {kind} of length 1", bytes([kind, 1])
        yield f"unknown option {kind} past the header", bytes([kind, 40])
    yield "a last byte without a length", b"\1\1\1" + bytes([7])
    yield "an end, then garbage", bytes([0, 7, 1, 0xff])
    yield "only padding", b"\1" * 40
    yield "all bits", b"\xff" * 40


def odd_packets(source, own, claimed):
    """Packets from `source` to `claimed`, the address of a honeypot behind a machine with the address
    `own`. Yields name and bytes."""
    echo = icmp()

    def packet(payload=echo, **fields):
        return ipv4(source, claimed, payload, **fields)

    for name, bytes_ in options(source, own, claimed):
        for protocol, payload in (ICMP, echo), (TCP, tcp(80)), (UDP, udp(9)):
            yield f"{name} (protocol {protocol})", packet(payload, protocol=protocol, options=bytes_)
        yield f"{name}, TTL 1", packet(options=bytes_, ttl=1)
        yield f"{name}, first fragment", packet(options=bytes_, fragment=0x2000)
    for version in 0, 1, 5, 6, 15:
        yield f"version {version}", packet(version=version)
    for ihl in 0, 1, 4, 6, 15:
        yield f"header of {ihl} words", packet(ihl=ihl)
    yield "header longer than the packet", packet(b"", ihl=15)
    for length in 0, 19, 20, 21, 1500, 65535:
        yield f"length {length}", packet(length=length)
    yield "wrong checksum", packet(wrong_checksum=True)
    for ttl in 0, 1, 2:
        for protocol, payload in (ICMP, echo), (TCP, tcp(80)), (UDP, udp(33434)):
            yield f"TTL {ttl} (protocol {protocol})", packet(payload, protocol=protocol, ttl=ttl)
    for protocol in range(256):
        yield f"protocol {protocol}", packet(b"\0" * 40, protocol=protocol)
    for kind in range(45):
        yield f"ICMP {kind}", packet(icmp(kind))
    yield "ICMP, truncated", packet(b"\x08\0\0")
    yield "ICMP with a wrong checksum", packet(b"\x08\0\1\2\0\0\0\0")
    quoted = ipv4(claimed, source, tcp(80), protocol=TCP)[:28]
    for code in range(16):
        yield f"ICMP unreachable {code}", packet(icmp(3, code, b"\0\0\2\x40", quoted))
        yield f"ICMP redirect {code}", packet(icmp(5, code, socket.inet_aton(own), quoted))
    for kind in 0x11, 0x12, 0x16, 0x17, 0x22:
        yield f"IGMP {kind:#x}", packet(struct.pack("!BBH4s", kind, 10, 0, bytes(4)), protocol=IGMP)
    inner = ipv4(source, own, echo)
    yield "IP in IP for the machine", packet(inner, protocol=IPIP)
    yield "GRE for the machine", packet(struct.pack("!HH", 0, 0x0800) + inner, protocol=GRE)
    yield "TCP to a port of the machine", packet(tcp(2222), protocol=TCP)
    yield "UDP to a port of the machine", packet(udp(2222), protocol=UDP)
    yield "first fragment", packet(b"\0" * 16, protocol=UDP, fragment=0x2000)
    yield "last fragment", packet(b"\0" * 16, protocol=UDP, fragment=0x0002)
    yield "fragment that overlaps", packet(b"\0" * 16, protocol=UDP, fragment=0x2001)
    yield "fragment past the end", packet(b"\0" * 64, protocol=UDP, fragment=0x3fff)
    yield "fragment with DF", packet(b"\0" * 16, protocol=UDP, fragment=0x6000)
    yield "reserved flag", packet(fragment=0x8000)
    for name, address in (("nobody", "0.0.0.0"), ("loopback", "127.0.0.1"), ("multicast", "224.0.0.1"),
                          ("broadcast", "255.255.255.255"), ("its own target", claimed),
                          ("the machine", own), ("class E", "240.0.0.1")):
        yield f"from {name}", ipv4(address, claimed, echo)
        yield f"from {name}, bad option", ipv4(address, claimed, echo, options=bytes([7, 2]))
