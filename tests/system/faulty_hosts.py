"""Hosts with the faults of bad honeypots, for the live audit to find: one program answers for all of them."""
import socket
import struct
import threading
import time

from odd_packets import ICMP, TCP, checksum
from reference_packets import ipv4, tcp

ARP, IPV4 = 0x0806, 0x0800
SYN, ACK = 2, 16
BANNER = b"220 DiskStation FTP server ready.\r\n"
TTL = 255 - 60  # as from 60 routers away


class FaultyHosts:
    """Answers on `interface` for `addresses`. All hosts have one MAC address, one counter of IP IDs, one clock and one
    banner; each ISN is the same; all ports are open, and only port 21 speaks; no SYN/ACK is sent again; options come
    unasked; fragments are answered alone; echo replies have other data; established connections are silent."""

    def __init__(self, machine, interface, addresses):
        self.addresses = {socket.inet_aton(address) for address in addresses}
        self.identification = 0
        with machine.inside():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.bind((interface, 0))
        self.socket.settimeout(0.2)
        self.mac = self.socket.getsockname()[4]
        self.is_open = True
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def close(self):
        self.is_open = False
        self.thread.join()
        self.socket.close()

    def run(self):
        while self.is_open:
            try:
                frame, sender = self.socket.recvfrom(65536)
            except TimeoutError:
                continue
            if sender[2] == 4:  # PACKET_OUTGOING
                continue
            kind = struct.unpack("!H", frame[12:14])[0]
            if kind == ARP and frame[38:42] in self.addresses and frame[20:22] == b"\0\1":
                self.answer_arp(frame)
            elif kind == IPV4 and frame[30:34] in self.addresses:
                self.answer(frame[6:12], frame[14:])

    def answer_arp(self, frame):
        self.socket.send(frame[6:12] + self.mac + struct.pack("!HHHBBH", ARP, 1, IPV4, 6, 4, 2) + self.mac +
                         frame[38:42] + frame[22:32])

    def send(self, to, host, visitor, protocol, payload):
        self.identification = self.identification % 65535 + 1
        self.socket.send(to + self.mac + struct.pack("!H", IPV4) +
                         ipv4(socket.inet_ntoa(host), socket.inet_ntoa(visitor), protocol, payload, self.identification,
                              ttl=TTL))

    def answer(self, mac, packet):
        header = (packet[0] & 15) * 4
        length = struct.unpack("!H", packet[2:4])[0]
        fragment = struct.unpack("!H", packet[6:8])[0]
        visitor, host, body = packet[12:16], packet[16:20], packet[header:length]
        if packet[9] == ICMP and body[:1] == b"\x08" and fragment & 0x1fff == 0:
            reply = b"\0\0\0\0" + body[4:8] + b"hello!"
            self.send(mac, host, visitor, ICMP, reply[:2] + struct.pack("!H", checksum(reply)) + reply[4:])
        elif packet[9] == TCP:
            self.answer_tcp(mac, host, visitor, body)

    def answer_tcp(self, mac, host, visitor, segment):
        source, port, sequence, acknowledgment = struct.unpack("!HHII", segment[:12])
        flags, data = segment[13], segment[(segment[12] >> 4) * 4:]
        clock = int(time.time() * 1000) & 0xffffffff
        # MSS, SACK permitted, timestamps, window scale: always. As a tarpit, port 23 has none.
        options = b"" if port == 23 else (b"\x02\x04\x05\xb4\x04\x02\x08\x0a" + struct.pack("!II", clock, 0) +
                                          b"\x01\x03\x03\x07")
        window = 5 if port == 23 else 5840

        def send(reply_flags, ours, theirs, **more):
            names = socket.inet_ntoa(host), socket.inet_ntoa(visitor)
            self.send(mac, host, visitor, TCP, tcp(*names, (port, source), ours, theirs, reply_flags, window, **more))

        if flags & SYN and not flags & ACK:
            send("SA", 4711, sequence + 1 & 0xffffffff, options=options)
        elif flags == ACK and port == 21 and acknowledgment == 4712 and not data:
            send("PA", 4712, sequence, payload=BANNER)
