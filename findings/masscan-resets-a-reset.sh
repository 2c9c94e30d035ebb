#!/bin/bash
# masscan answers the RST of a closed port with a RST of its own.
#
# Version: masscan 2:1.3.2+ds1-1, libpcap0.8 1.10.3-1 (Debian 12); the peer is the kernel's TCP
#   (Linux 6.18)
# Behaviour: a TCP never answers a segment that carries RST (RFC 9293 section 3.10.7.1), so one
#   expects SYN, RST/ACK and silence. masscan sends a third segment: a bare RST with window 1200,
#   TTL 255 and an IP ID of its own, for closed ports as for open ones. A sensor that counts
#   packets for each contact, or takes a RST after a RST for a forged one, sees this with every
#   masscan run.
# Output seen:
#   SYN     ttl 255 window 1024
#   RST     ttl 255 window 1200
# Source: measured; masscan's manual page says nothing of it
#
# Needs root: it makes two network namespaces and removes them.
set -euo pipefail
folder=$(mktemp -d)
a=finding-$$-a b=finding-$$-b
clean() { ip netns del "$a" 2>/dev/null || true; ip netns del "$b" 2>/dev/null || true; rm -rf "$folder"; }
trap clean EXIT
chmod 755 "$folder"
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download masscan=2:1.3.2+ds1-1 libpcap0.8=1.10.3-1)
for package in "$folder"/*.deb; do dpkg -x "$package" "$folder/root"; done
libraries=$(dirname "$(find "$folder/root" -name 'libpcap.so.0.8' | head -1)")
ln -sf libpcap.so.0.8 "$libraries/libpcap.so"

ip netns add "$a"
ip netns add "$b"
ip -n "$a" link add wire type veth peer name wire netns "$b"
ip -n "$a" address add 192.0.2.1/24 dev wire
ip -n "$b" address add 192.0.2.2/24 dev wire
for space in "$a" "$b"; do ip -n "$space" link set wire up; ip -n "$space" link set lo up; done

touch "$folder/seen"
# Prints the TCP segments from masscan's address, as long as they keep coming.
ip netns exec "$b" python3 - >"$folder/seen" <<'PYTHON' &
import socket, struct, time
sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
print("ready", flush=True)
end = time.time() + 20
while time.time() < end:
    sniffer.settimeout(end - time.time())
    try:
        packet = sniffer.recv(2048)
    except TimeoutError:
        break
    if packet[9] != 6 or packet[12:16] != bytes([192, 0, 2, 9]):
        continue
    tcp = packet[(packet[0] & 15) * 4:]
    flags, window = tcp[13], struct.unpack("!H", tcp[14:16])[0]
    name = "SYN" if flags == 2 else "RST" if flags == 4 else hex(flags)
    end = time.time() + 4
    print(f"{name:7} ttl {packet[8]} window {window}", flush=True)
PYTHON
sniffer=$!
until grep -q ready "$folder/seen"; do sleep 0.1; done
mac=$(ip netns exec "$b" cat /sys/class/net/wire/address)
LD_LIBRARY_PATH=$libraries timeout 20 ip netns exec "$a" "$folder/root/usr/bin/masscan" 192.0.2.2 \
  -p81 --rate 10 --wait 2 --adapter wire --adapter-ip 192.0.2.9 --router-mac "$mac" >/dev/null 2>&1 || true
wait "$sniffer"
sed -i /ready/d "$folder/seen"
cat "$folder/seen"
diff <(printf 'SYN     ttl 255 window 1024\nRST     ttl 255 window 1200\n') "$folder/seen"
