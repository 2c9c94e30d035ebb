#!/bin/bash
# ICMP host unreachable ends a half-open connection in Linux, and port unreachable does not.
#
# Version: Linux 6.18; python3-scapy 2.5.0+dfsg-2 sends and listens (Debian 12)
# Behaviour: RFC 9293 section 3.9.2.2 calls net and host unreachable soft errors, which must not end a
#   connection, and port unreachable a hard error, which should. One expects so of a half-open
#   connection, too. Linux does the reverse: after a SYN/ACK that caused host unreachable, the ACK of
#   the handshake gets a reset; after port unreachable, the connection opens. Tools that imitate or
#   fingerprint stacks by RFC 5927 get both cases wrong.
# Output seen:
#   host unreachable: reset
#   port unreachable: acknowledged
# Source: measured; the kernel's net/ipv4/tcp_ipv4.c (tcp_v4_err, tcp_req_err)
#
# Needs root: it makes two network namespaces and removes them.
set -euo pipefail
folder=$(mktemp -d)
a=finding-$$-a b=finding-$$-b
clean() { ip netns del "$a" 2>/dev/null || true; ip netns del "$b" 2>/dev/null || true; rm -rf "$folder"; }
trap clean EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download python3-scapy=2.5.0+dfsg-2)
dpkg -x "$folder"/python3-scapy_*.deb "$folder/root"
export PYTHONPATH=$folder/root/usr/lib/python3/dist-packages

ip netns add "$a"
ip netns add "$b"
ip -n "$a" link add wire type veth peer name wire netns "$b"
ip -n "$a" address add 192.0.2.1/24 dev wire
ip -n "$b" address add 192.0.2.2/24 dev wire
for space in "$a" "$b"; do ip -n "$space" link set wire up; ip netns exec "$space" ethtool -K wire tx off >/dev/null; done

ip netns exec "$b" timeout 30 python3 -c '
import socket
server = socket.create_server(("192.0.2.2", 7), backlog=16)
print("listening", flush=True)
while True:
    peer = server.accept()[0]
    print(len(peer.recv(16)), flush=True)' >"$folder/server" &
until grep -q listening "$folder/server"; do sleep 0.1; done

# The client, 192.0.2.9, is nobody: no kernel resets what the server sends to it.
ip -n "$b" neighbour add 192.0.2.9 lladdr "$(ip netns exec "$a" cat /sys/class/net/wire/address)" dev wire
ip netns exec "$a" timeout 30 python3 - >"$folder/seen" <<'PYTHON'
import logging
logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import Ether, ICMP, IP, IPerror, TCP, TCPerror, conf, get_if_hwaddr, getmacbyip, sendp, srp1
conf.verb = 0
ether = Ether(dst=getmacbyip("192.0.2.2"))
for port, (name, code) in enumerate((("host unreachable", 1), ("port unreachable", 3)), 40000):
    ip = IP(src="192.0.2.9", dst="192.0.2.2")
    tcp = dict(sport=port, dport=7)
    answer = srp1(ether / ip / TCP(seq=1000, flags="S", **tcp), iface="wire", timeout=3)
    quoted = IPerror(src="192.0.2.2", dst="192.0.2.9") / TCPerror(sport=7, dport=port, seq=answer[TCP].seq)
    sendp(ether / ip / ICMP(type=3, code=code) / quoted, iface="wire")
    data = TCP(seq=1001, ack=answer[TCP].seq + 1, flags="PA", **tcp) / b"hello"
    reply = srp1(ether / ip / data, iface="wire", timeout=3)
    print(f"{name}: {'reset' if 'R' in str(reply[TCP].flags) else 'acknowledged'}", flush=True)
PYTHON
cat "$folder/seen"
diff <(printf 'host unreachable: reset\nport unreachable: acknowledged\n') "$folder/seen"
