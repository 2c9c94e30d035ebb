"""One end of a wire whose addresses no kernel owns, so that only the stimuli answer what comes."""
import queue
import socket
import struct
import sys
import threading
import time

import lab
from reference_packets import Reply

ARP, IPV4 = 0x0806, 0x0800
SO_TIMESTAMPNS = 35


def client(number):
    """An address of ours: each conversation has its own, so that the target remembers nothing of it."""
    return socket.inet_aton(f"10.9.{16 + number // 250}.{1 + number % 250}")


def add_kernel(test_class, address, settings, server):
    """Adds a machine at `address`, whose kernel is the reference, with a wire to the attacker and the program
    `server`, which prints a line when it listens. The hosts' machine has another address of that network."""
    kernel = test_class.lab.add_machine("kernel")
    lab.connect_wire(test_class.attacker, "reference", kernel, "eth0")
    kernel.ip("address", "add", f"{address}/16", "dev", "eth0")
    kernel.shell(f"sysctl -qw {settings}")
    test_class.lab.add_file("server.py", server)
    process = kernel.start(sys.executable, test_class.lab.folder / "server.py", stdout=-1)
    test_class.addClassCleanup(lambda: (process.kill(), process.wait(), process.stdout.close()))
    process.stdout.readline()
    test_class.honeynet.ip("address", "flush", "dev", "inside")
    test_class.honeynet.ip("address", "add", "10.9.2.1/16", "dev", "inside")


class Wire:
    """Answers ARP for all clients, and hands each IPv4 packet to the queue of its destination."""

    def __init__(self, machine, interface, target):
        self.target, self.clients, self.target_mac = target, {}, None
        with machine.inside():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind((interface, 0))
        self.socket.settimeout(0.2)
        self.mac = self.socket.getsockname()[4]
        self.is_open = True
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def close(self):
        self.is_open = False
        self.thread.join()
        self.socket.close()

    def add_client(self, number, replies=None):
        """The address of a client, and the queue of the packets to it: a new one, or that of another client."""
        self.clients[client(number)] = replies = replies or queue.SimpleQueue()
        return socket.inet_ntoa(client(number)), replies

    def find_target(self):
        """Asks for the target's MAC address; False if nobody answers."""
        for _ in range(20):
            self.send_arp(1, b"\xff" * 6, client(0), b"\0" * 6, socket.inet_aton(self.target))
            time.sleep(0.1)
            if self.target_mac:
                return True
        return False

    def send_arp(self, operation, to, source, target_mac, target):
        self.socket.send(to + self.mac + struct.pack("!HHHBBH", ARP, 1, IPV4, 6, 4, operation) +
                         self.mac + source + target_mac + target)

    def send(self, packet):
        self.socket.send(self.target_mac + self.mac + struct.pack("!H", IPV4) + packet)

    def read(self):
        while self.is_open:
            try:
                frame, ancillary, _, sender = self.socket.recvmsg(65536, 64)
            except TimeoutError:
                continue
            if sender[2] == 4:  # PACKET_OUTGOING
                continue
            kind = frame[12:14]
            if kind == b"\x08\x06":
                self.receive_arp(frame)
            elif kind == b"\x08\x00" and frame[30:34] in self.clients:
                seconds, nanoseconds = struct.unpack("@qq", ancillary[0][2][:16])
                self.clients[frame[30:34]].put(Reply(seconds + nanoseconds / 1e9, frame[14:]))

    def receive_arp(self, frame):
        operation, mac, source, target = struct.unpack("!6xH6s4s6x4s", frame[14:42])
        if source == socket.inet_aton(self.target):
            self.target_mac = mac
        if operation == 1 and target[2] >= 16 and source != target:
            self.send_arp(2, mac, target, mac, source)
