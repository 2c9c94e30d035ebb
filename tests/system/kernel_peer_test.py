"""The Linux kernel as peer: a thousand random transfers over virtual links that lose, duplicate, delay and
reorder packets. Every byte must arrive exactly once and in order."""
import concurrent.futures
import hashlib
import random
import re
import socket
import time

import lab

TRANSFERS, AT_ONCE, SEED = 1_000, 48, 2003
LARGEST = 2_000_000
CONFIG = """
route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/24 10.1.0.1 latency 4ms loss 1 jitter 2ms reorder 3 duplicate 2
route 10.1.0.1 link 10.1.0.0/24
route 10.0.0.1 add net 10.2.0.0/24 10.2.0.1 latency 3ms loss gemodel 0.5 30 mtu 1280
route 10.2.0.1 link 10.2.0.0/24
create linux
set linux personality "Linux 4.15 - 5.6"
add linux tcp port 7 "cat"
add linux tcp port 9 "sha256sum"
add linux tcp port 19 "sh send.sh"
clone windows linux
set windows personality "Microsoft Windows 10 1607"
clone aged linux
set aged personality "Microsoft Windows XP SP3"
clone bsd linux
set bsd personality "FreeBSD 11.0-RELEASE"
clone box linux
set box personality "Linux 2.4.18"
bind 10.1.0.10 linux
bind 10.1.0.11 windows
bind 10.1.0.12 aged
bind 10.2.0.10 linux
bind 10.2.0.13 bsd
bind 10.2.0.14 box
"""
HOSTS = ("10.1.0.10", "10.1.0.11", "10.1.0.12", "10.2.0.10", "10.2.0.13", "10.2.0.14")


class KernelPeer(lab.LabTest):
    config = CONFIG
    answers = HOSTS[0]

    @classmethod
    def prepare(cls):
        cls.data = random.Random(SEED).randbytes(LARGEST)
        cls.lab.add_file("data", "").write_bytes(cls.data)
        cls.lab.add_file("send.sh", "read size; head -c $size data\n")

    def transfer(self, number):
        """Runs a transfer of random kind and size, seeded by its number. Returns the error, or None."""
        draw = random.Random(SEED + number)
        host, kind = draw.choice(HOSTS), draw.choice(("to the service", "to the visitor", "both"))
        size = int(LARGEST ** draw.random())
        start = draw.randrange(LARGEST - size) if size < LARGEST else 0
        data = self.data[start:start + size]
        try:
            if kind == "to the visitor":
                received = self.converse(host, 19, f"{size}\n".encode(), draw)
                right = received == self.data[:size]
            elif kind == "both":
                right = self.converse(host, 7, data, draw) == data
            else:
                said = self.converse(host, 9, data, draw)
                right = said.decode().split()[0] == hashlib.sha256(data).hexdigest()
        except OSError as error:
            return f"{number}: {size} bytes {kind}, {host}: {error}"
        return None if right else f"{number}: {size} bytes {kind}, {host}: not what was sent"

    def converse(self, host, port, data, draw):
        """Sends in pieces with pauses, closes its side and reads until the end."""
        with self.attacker.connect(host, port, timeout=100) as connection:
            with concurrent.futures.ThreadPoolExecutor(1) as reader:
                received = reader.submit(lab.read_all, connection)
                at = 0
                while at < len(data):
                    piece = draw.randrange(1, 60_000)
                    connection.sendall(data[at:at + piece])
                    at += piece
                    if draw.random() < 0.1:
                        time.sleep(draw.random() * 0.05)
                connection.shutdown(socket.SHUT_WR)
                return received.result(100)

    def test_a_thousand_random_transfers_are_intact(self):
        start = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            wrong = [fault for fault in pool.map(self.transfer, range(TRANSFERS)) if fault]
        print(f"{TRANSFERS} transfers in {time.monotonic() - start:.1f} s", end=" ")
        self.assertEqual(wrong, [])
        self.daemon.stop()
        lost = re.search(r"(\d+) dropped: lost on a virtual link", self.daemon.log())
        self.assertGreater(int(lost[1]), 1_000, "the links lost packets")


if __name__ == "__main__":
    lab.main()
