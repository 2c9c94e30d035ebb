"""Outgoing connections of subsystems: nginx and dnsmasq of Debian as clients of real servers, and a program that
tries everything else."""
import contextlib
import json
import socket
import threading
import time

import lab
from egress_lab import AGENT_EGRESS, PROGRAMS, EgressLab


class Egress(EgressLab):
    # ── real servers ──

    def test_nginx_as_a_proxy_of_a_real_server(self):
        with self.sniffed("tcp", "port", "8000") as lines:
            said = self.attacker.run("curl", "-sS", "--max-time", "20", "http://10.0.0.5/").stdout
        self.assertRegex(said, r"you are 10\.0\.0\.5:\d+, \d+ bytes")
        wire = "".join(lines)
        self.assertNotIn("192.0.2.1", wire, "the machine's own address is not seen")
        # The SYN of the fingerprint, not of this machine: its window, its options, and their order.
        syn = [line for line in wire.split("IP (") if "Flags [S]," in line]
        self.assertEqual(len(syn), 1, wire)
        self.assertIn("ttl 64", syn[0])
        self.assertRegex(syn[0], r"10\.0\.0\.5\.\d+ > 192\.0\.2\.2\.8000")
        self.assertIn("win 5840, options [mss 1460,nop,wscale 1]", syn[0])
        started = self.wait_for_event("flow_start", lambda event: event["source"]["ip"] == "10.0.0.5")
        self.assertTrue(started, "it is an event")
        self.assertEqual(started[0]["destination"], {"ip": "192.0.2.2", "port": 8000})
        self.assertEqual(started[0]["network"]["direction"], "outbound")
        ended = self.wait_for_event("flow_end", lambda event: event["source"]["ip"] == "10.0.0.5")
        self.assertGreater(ended[0]["source"]["bytes"], 20)
        self.assertGreater(ended[0]["destination"]["bytes"], 20)
        self.assertTrue(self.wait_for_event("payload", lambda event: event["source"]["ip"] == "10.0.0.5"
                                            and "GET / HTTP" in event["apiary"]["payload"]["text"]))

    def test_dnsmasq_forwards_to_a_real_resolver(self):
        self.wait_for_port("10.0.0.6", 53)
        with self.sniffed("udp", "port", "5353") as lines:
            said = lab.wait_until(lambda: self.attacker.run(
                "dig", "+time=3", "+tries=1", "@10.0.0.6", "www.upstream.example", "+short",
                check=False).stdout.strip(), 20)
        self.assertEqual(said, "10.9.9.9")
        self.assertRegex("".join(lines), r"10\.0\.0\.6\.\d+ > 192\.0\.2\.2\.5353")
        self.assertNotIn("192.0.2.1.", "".join(lines))

    def test_the_capture_has_them(self):
        self.ask("tcp", "192.0.2.2", 8000, "hello")
        seen = lab.wait_until(lambda: "10.0.0.8" in lab.run(
            PROGRAMS["tcpdump"], "-n", "-r", self.capture_path, "tcp dst port 8000 and src host 10.0.0.8",
            check=False).stdout, 10)
        self.assertTrue(seen)

    # ── what the program sees ──

    def test_the_socket_shows_both_ends(self):
        answer = self.ask("tcp", "192.0.2.2", 8000, "hello")
        self.assertEqual(answer["peer"], ["192.0.2.2", 8000])
        self.assertEqual(answer["name"][0], "10.0.0.8")
        self.assertEqual(answer["said"], f"you are 10.0.0.8:{answer['name'][1]}, 5 bytes")

    def test_without_blocking(self):
        answer = self.ask("nonblocking", "192.0.2.2", 8000)
        self.assertEqual((answer.get("first"), answer.get("error")), ("EINPROGRESS", 0), answer)
        self.assertEqual(answer["peer"], ["192.0.2.2", 8000])

    def test_a_chosen_local_port_is_seen(self):
        answer = self.ask("tcp", "192.0.2.2", 8000, "hello", 10, ["10.0.0.8", 12345])
        self.assertIn("you are 10.0.0.8:12345", answer["said"])

    def test_a_refused_connection_is_refused(self):
        begun = time.monotonic()
        self.assertEqual(self.ask("tcp", "192.0.2.2", 8001), {"errno": "ECONNREFUSED"})
        self.assertLess(time.monotonic() - begun, 3)

    def test_no_neighbour_is_no_route(self):
        with self.sniffed("arp") as lines:
            self.assertEqual(self.ask("tcp", "192.0.2.99", 80), {"errno": "EHOSTUNREACH"})
        self.assertIn("who-has 192.0.2.99", "".join(lines))

    def test_datagrams_reach_a_server_and_it_them(self):
        for connected in (True, False):
            # A query for the root's name servers is answered, if with a refusal.
            query = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x08upstream\x07example\x00\x00\x01\x00\x01"
            with self.subTest(connected=connected):
                answer = self.ask("udp", "192.0.2.2", 5353, query, 1, connected)
                self.assertEqual(answer.get("from"), ["192.0.2.2", 5353], answer)

    def test_another_host_is_reached_without_the_wire(self):
        with self.sniffed("host", "10.0.0.7") as lines:
            answer = self.ask("tcp", "10.0.0.7", 7, "hello")
        self.assertEqual(answer.get("said"), "hello", answer)
        self.assertEqual("".join(lines).strip(), "")
        for direction in "outbound", "inbound":  # the server's, and its visit to the other host
            self.assertTrue(self.wait_for_event("flow_start", lambda event, way=direction:
                                                event["source"]["ip"] == "10.0.0.8"
                                                and event["destination"]["ip"] == "10.0.0.7"
                                                and event["network"].get("direction", "inbound") == way))
        port = answer["name"][1]

        def captured():
            shown = lab.run("tshark", "-n", "-r", self.capture_path, "-Y", f"tcp.port == {port} && ip.addr == 10.0.0.7",
                            "-T", "fields", "-e", "frame.interface_name", "-e", "ip.src", "-e", "tcp.flags.str",
                            check=False).stdout
            return "·S·" in shown and shown.count("·F") >= 2 and shown

        shown = lab.wait_until(captured, 10)
        self.assertTrue(shown)
        packets = [line.split("\t") for line in shown.splitlines() if "\t" in line]  # others are warnings
        self.assertEqual({packet[0] for packet in packets}, {"hosts"})
        self.assertEqual({packet[1] for packet in packets}, {"10.0.0.7", "10.0.0.8"})
        self.assertEqual(len([packet for packet in packets if packet[2].strip("·") == "S"]), 1, "each packet once")

    # ── what is refused ──

    def test_other_destinations_are_refused_and_events(self):
        with self.sniffed("host", "192.0.2.2", "and", "(", "port", "9999", "or", "host", "203.0.113.1", ")") as lines:
            self.refused("tcp", "192.0.2.2", 9999)
            self.refused("tcp", "203.0.113.1", 80)
            self.refused("udp", "192.0.2.2", 9999, "x")
            self.refused("udp", "203.0.113.1", 53, "x")
        self.assertEqual("".join(lines).strip(), "")
        for address, port in (("192.0.2.2", 9999), ("203.0.113.1", 80)):
            self.assertTrue(self.wait_for_event("attempt", lambda event: event["apiary"]["attempt"].get("address")
                                                == address and event["apiary"]["attempt"]["port"] == port))
        said = self.attacker.run("curl", "-sS", "--max-time", "20", "-i", "http://10.0.0.5:81/").stdout
        self.assertIn("502 Bad Gateway", said)

    def test_without_a_list_all_is_refused(self):
        self.refused("tcp", "192.0.2.2", 8000, host="10.0.0.9")
        self.assertTrue(self.wait_for_event("attempt", lambda event: event["apiary"]["attempt"].get("port") == 8000))

    def test_sockets_beneath_are_refused(self):
        for name, family, kind, protocol in (("ICMP", socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
                                             ("IP", socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
                                             ("packets", socket.AF_PACKET, socket.SOCK_RAW, 3),
                                             ("ping", socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)):
            with self.subTest(name):
                self.assertIn(self.ask("raw", family, kind, protocol).get("errno"),
                              ("EPERM", "EACCES", "EAFNOSUPPORT"))

    def test_other_source_addresses_are_refused(self):
        self.assertEqual(self.ask("tcp", "192.0.2.2", 8000, "x", 5, ["10.0.0.5", 0]), {"errno": "EADDRNOTAVAIL"})

    def test_an_address_that_changes_during_the_call(self):
        before = len(self.other.peers)
        answer = self.ask("change_while_connecting", ["192.0.2.2", 8000], ["192.0.2.2", 9999], 3)
        self.assertGreater(answer["tries"], 5)
        self.assertLessEqual(set(answer["peers"]), {"192.0.2.2:8000"}, answer)
        self.assertEqual(self.other.peers[before:], [])

    def test_connections_have_a_rate(self):
        with self.sniffed("tcp[tcpflags]", "==", "tcp-syn", "and", "dst", "portrange", "6000-6199") as lines:
            started = time.monotonic()
            self.ask("many", "192.0.2.2", 6000, 200)
            took = time.monotonic() - started  # longer on a busy machine
        begun = "".join(lines).count("Flags [S]")
        self.assertGreater(begun, 30)
        self.assertLess(begun, 60 + 20 * (took + 1), f"in {took:.1f} s")
        self.assertEqual(self.ask("tcp", "10.0.0.7", 7, "hello").get("said"), "hello", "later ones are opened")

    # ── configuration ──

    def test_explain_names_the_list(self):
        said = lab.run(lab.BINARY, "explain", self.lab.folder / "test.conf", "10.0.0.8").stdout
        self.assertIn("subsystems may connect to 192.0.2.2:8000-8001/tcp 192.0.2.2:5353 192.0.2.99", said)

    def test_a_reload_with_another_list_and_other_limits_keeps_the_server(self):
        control = self.daemon.process.args[self.daemon.process.args.index("--control") + 1]
        with self.attacker.connect("10.0.0.8", 7000) as visitor:
            lines = visitor.makefile("rw")

            def call(*arguments):
                lines.write(json.dumps(arguments) + "\n")
                lines.flush()
                return json.loads(lines.readline())

            self.assertIn("said", call("tcp", "192.0.2.2", 8000, "hello"))
            more = self.config.replace(f"set agent egress list {AGENT_EGRESS}", "set agent egress list 192.0.2.2:8000/tcp\n"
                                       "set agent maxmemory 200M\nset agent maxfds 99")
            (self.lab.folder / "test.conf").write_text(more)
            lab.run(lab.BINARY, "ctl", "--socket", control, "reload")
            try:
                self.assertIn("said", call("tcp", "192.0.2.2", 8000, "hello"), "the same conversation goes on")
                # The server's sandbox gets the list after the daemon has answered.
                self.assertTrue(lab.wait_until(lambda: call("tcp", "10.0.0.7", 7, "hello") == {"errno": "ECONNREFUSED"}, 5))
                self.assertEqual(call("limits"), [200 << 20, 99])
                self.assertNotIn("begin with its next start", self.daemon.log())
            finally:
                (self.lab.folder / "test.conf").write_text(self.config)
                lab.run(lab.BINARY, "ctl", "--socket", control, "reload")
            self.assertTrue(lab.wait_until(lambda: call("tcp", "10.0.0.7", 7, "hello").get("said") == "hello", 5))

    def test_a_reload_takes_the_permission_away(self):
        ended = []
        holder = threading.Thread(target=lambda: ended.append(self.ask("hold", "192.0.2.2", 8000, 40)))
        connected = len(self.upstream.peers)
        holder.start()
        self.assertTrue(lab.wait_until(lambda: len(self.upstream.peers) > connected))
        less = self.config.replace(f"set agent egress list {AGENT_EGRESS}", "set agent egress none")
        (self.lab.folder / "test.conf").write_text(less)
        control = self.daemon.process.args[self.daemon.process.args.index("--control") + 1]
        lab.run(lab.BINARY, "ctl", "--socket", control, "reload")
        begun = time.monotonic()
        made = self.upstream.open[-1]
        made.settimeout(10)
        with contextlib.suppress(ConnectionResetError):
            self.assertEqual(made.recv(10), b"", "the real server sees the end")
        holder.join(20)
        self.assertLess(time.monotonic() - begun, 15)
        self.assertTrue(ended)
        self.assertTrue(lab.wait_until(lambda: self.answered() == {"errno": "ECONNREFUSED"}, 20))
        (self.lab.folder / "test.conf").write_text(self.config)
        lab.run(lab.BINARY, "ctl", "--socket", control, "reload")
        self.assertTrue(lab.wait_until(lambda: "said" in self.answered(), 20))


if __name__ == "__main__":
    lab.main()
