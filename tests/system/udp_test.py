"""UDP: closed ports, services, proxies."""
import socket
import unittest

import lab


class Udp(lab.LabTest):
    config = """
create default
set default default udp action reset
create host
set host default udp action reset
add host udp port 7 "sh echo.sh"
add host udp port 8 block
add host udp port 9 open
add host udp port 10 proxy $ipsrc:1234
bind 10.0.0.5 host
"""
    answers = "10.0.0.5"

    @classmethod
    def prepare(cls):
        cls.lab.add_file("echo.sh", 'read line; echo "$HONEYD_IP_SRC said $line"; cat\n')

    def test_closed_ports_answer_port_unreachable(self):
        for address in ("10.0.0.5", "10.0.0.99"):  # the latter has the default template
            with self.subTest(address), self.attacker.udp(address, 1000) as visitor:
                visitor.send(b"anybody?")
                with self.assertRaises(ConnectionRefusedError):
                    visitor.recv(100)

    def test_blocked_and_open_ports_are_silent(self):
        for port in (8, 9):
            with self.subTest(port), self.attacker.udp("10.0.0.5", port, timeout=1) as visitor:
                visitor.send(b"anybody?")
                with self.assertRaises(TimeoutError):
                    visitor.recv(100)

    def test_a_service_holds_a_conversation(self):
        with self.attacker.udp("10.0.0.5", 7) as visitor:
            visitor.send(b"hello\n")
            self.assertEqual(visitor.recv(100), b"192.0.2.2 said hello\n")
            visitor.send(b"more\n")
            self.assertEqual(visitor.recv(100), b"more\n")

    def test_visitors_have_a_service_each(self):
        with self.attacker.udp("10.0.0.5", 7) as one, self.attacker.udp("10.0.0.5", 7) as other:
            one.send(b"one\n")
            other.send(b"other\n")
            self.assertEqual(one.recv(100), b"192.0.2.2 said one\n")
            self.assertEqual(other.recv(100), b"192.0.2.2 said other\n")

    def test_large_datagrams_cross_in_fragments(self):
        with self.attacker.udp("10.0.0.5", 7) as visitor:
            visitor.send(b"x" * 6000 + b"\n")
            self.assertEqual(len(visitor.recv(10_000)), 6000 + len("192.0.2.2 said \n"))

    def test_proxy_back_to_the_visitor(self):
        with self.attacker.listen(1234, socket.SOCK_DGRAM) as server, \
                self.attacker.udp("10.0.0.5", 10) as visitor:
            visitor.send(b"question")
            asked, peer = server.recvfrom(100)
            self.assertEqual((asked, peer[0]), (b"question", "192.0.2.1"))
            server.sendto(b"answer", peer)
            self.assertEqual(visitor.recv(100), b"answer")

    def test_nc(self):
        output = self.attacker.shell("echo hi | nc -u -w1 10.0.0.5 7").stdout
        self.assertEqual(output, "192.0.2.2 said hi\n")


if __name__ == "__main__":
    lab.main()
