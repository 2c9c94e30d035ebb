#!/bin/bash
# nmap reads no timestamp clock from Linux 6.18, though the kernel's clock counts milliseconds.
#
# Version: Linux 6.18; nmap 7.93+dfsg1-1 (Debian 12)
# Behaviour: the SEQ test compares the TCP timestamps of six SYN/ACKs, and fingerprints of Linux have
#   TS=A, 1,000 a second. It sends each SYN from another port. This kernel begins the timestamps of
#   each pair of addresses and ports at another number, so that the differences are random: nmap
#   reports a rate of millions a second. SYNs from one port show the clock. Public descriptions of
#   Linux since 4.11 know an offset for each pair of addresses alone, which nmap would not notice.
# Output seen:
#   TS=21 of nmap, 1000.0 a second from one port (or TS=20, TS=22)
# Source: measured; nmap's reference guide, "TCP timestamp option algorithm (TS)"
#
# Needs root: it makes two network namespaces and removes them.
set -euo pipefail
folder=$(mktemp -d)
a=finding-$$-a b=finding-$$-b
clean() { ip netns del "$a" 2>/dev/null || true; ip netns del "$b" 2>/dev/null || true; rm -rf "$folder"; }
trap clean EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download nmap=7.93+dfsg1-1 nmap-common=7.93+dfsg1-1 \
  python3-scapy=2.5.0+dfsg-2)
for package in "$folder"/*.deb; do dpkg -x "$package" "$folder/root"; done
export NMAPDIR=$folder/root/usr/share/nmap PYTHONPATH=$folder/root/usr/lib/python3/dist-packages

ip netns add "$a"
ip netns add "$b"
ip -n "$a" link add wire type veth peer name wire netns "$b"
ip -n "$a" address add 192.0.2.1/24 dev wire
ip -n "$b" address add 192.0.2.2/24 dev wire
for space in "$a" "$b"; do ip -n "$space" link set wire up; ip netns exec "$space" ethtool -K wire tx off >/dev/null; done
touch "$folder/server"
ip netns exec "$b" timeout 60 python3 -c '
import socket, time
server = socket.create_server(("192.0.2.2", 80), backlog=64)
print("listening", flush=True)
time.sleep(60)' >"$folder/server" &
until grep -q listening "$folder/server"; do sleep 0.1; done

ip netns exec "$a" "$folder/root/usr/bin/nmap" -n -Pn -O -d -p 80,81 192.0.2.2 >"$folder/scan"
tr -d '\n' <"$folder/scan" | sed 's/OS://g' | grep -oP 'SEQ\([^)]*TS=\K[0-9A-FU]+' | head -1 >"$folder/rate"

# 192.0.2.9 is nobody: no kernel answers what the server sends to it.
ip -n "$b" neighbour add 192.0.2.9 lladdr "$(ip netns exec "$a" cat /sys/class/net/wire/address)" dev wire
ip netns exec "$a" timeout 30 python3 -W ignore - >"$folder/clock" <<'PYTHON'
import logging, time
logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import Ether, IP, TCP, conf, getmacbyip, sendp, srp1
conf.verb = 0
ip = Ether(dst=getmacbyip("192.0.2.2")) / IP(src="192.0.2.9", dst="192.0.2.2")
seen = []
for _ in range(2):
    answer = srp1(ip / TCP(sport=40000, dport=80, seq=1, flags="S", options=[("Timestamp", (1, 0))]), iface="wire", timeout=3)
    seen.append((answer.time, dict(answer[TCP].options)["Timestamp"][0]))
    sendp(ip / TCP(sport=40000, dport=80, seq=2, flags="R"), iface="wire")
    time.sleep(1)
(first, then), (second, now) = seen
print(round((now - then) / float(second - first), -2))
PYTHON
echo "TS=$(cat "$folder/rate") of nmap, $(cat "$folder/clock") a second from one port"
[[ $(cat "$folder/rate") =~ ^(1[0-9A-F]|2[0-9A-F])$ && $(cat "$folder/clock") == 1000.0 ]]
