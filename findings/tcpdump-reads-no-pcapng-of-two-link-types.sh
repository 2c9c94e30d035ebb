#!/bin/bash
# tcpdump reads no pcapng file whose interfaces have different link types, not even the packets of
# the first one; tshark reads all of it.
#
# Version: tcpdump 4.99.3-1, libpcap0.8 1.10.3-1, tshark 4.0.17-0+deb12u3 (Debian 12)
# Behaviour: pcapng gives each interface a link type of its own (an Interface Description Block has
#   LinkType), so that one file can hold Ethernet and raw IP, as of a tunnel beside a card. libpcap
#   ends at the second interface. Its API has one link type a file, so that tcpdump, Snort, p0f and
#   all others that use it lose the whole file for an interface without a packet.
# Output seen:
#   tcpdump: an interface has a type 101 different from the type of the first interface
#   tshark: 1 packet
# Source: draft-ietf-opsawg-pcapng section 4.2; libpcap's sf-pcapng.c
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download tcpdump=4.99.3-1 libpcap0.8=1.10.3-1 \
  tshark=4.0.17-0+deb12u3 libwireshark16=4.0.17-0+deb12u3 libwiretap13=4.0.17-0+deb12u3 libwsutil14=4.0.17-0+deb12u3)
for package in "$folder"/*.deb; do dpkg -x "$package" "$folder/root"; done
export LD_LIBRARY_PATH=$folder/root/usr/lib/$(uname -m)-linux-gnu

python3 - "$folder/two.pcapng" <<'PYTHON'
import struct, sys
def block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + size + body + size
section = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
ethernet, raw_ip = (block(1, struct.pack("<HHI", link_type, 0, 0)) for link_type in (1, 101))
frame = bytes(12) + b"\x08\x06" + bytes.fromhex("0001080006040001") + bytes(20)
packet = block(6, struct.pack("<IIIII", 0, 0, 0, len(frame), len(frame)) + frame)
open(sys.argv[1], "wb").write(section + ethernet + raw_ip + packet)
PYTHON
{
  "$folder/root/usr/bin/tcpdump" -n -r "$folder/two.pcapng" 2>&1 | grep -o 'an interface has a type.*' | sed 's/^/tcpdump: /' || true
  echo "tshark: $("$folder/root/usr/bin/tshark" -n -r "$folder/two.pcapng" 2>/dev/null | wc -l) packet"
} >"$folder/seen"
cat "$folder/seen"
diff <(printf 'tcpdump: an interface has a type 101 different from the type of the first interface\ntshark: 1 packet\n') "$folder/seen"
