#!/bin/bash
# p0f reports the quirk ack+ of a SYN only if bit 24 of its acknowledgment number is set.
#
# Version: p0f 3.09b-3, libpcap0.8 1.10.3-1 (Debian 12)
# Behaviour: p0f's README explains ack+ as: the ACK number is not zero, but the ACK flag is not
#   set. One expects it of every SYN whose acknowledgment number is not zero. p0f 3.09b prints it
#   for 0x01000000 and 0xffffffff, and neither for 5 nor for 0xfeffffff. A signature with ack+
#   matches half of the SYNs of a program that leaves a random number there, and a program that
#   follows the README disagrees with p0f about the other half.
# Output seen:
#   0: 4:64+0:0:0:1024,0:::0
#   5: 4:64+0:0:0:1024,0:::0
#   16777216: 4:64+0:0:0:1024,0::ack+:0
#   4278190079: 4:64+0:0:0:1024,0:::0
#   4294967295: 4:64+0:0:0:1024,0::ack+:0
# Source: measured; p0f's README (quirks)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download p0f=3.09b-3 libpcap0.8=1.10.3-1)
for package in "$folder"/*.deb; do dpkg -x "$package" "$folder/root"; done
export LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libpcap.so.0.8' | head -1)")

cat > "$folder/syn.py" <<'PYTHON'
# A capture of one SYN with this acknowledgment number.
import socket, struct, sys
def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
source, target = socket.inet_aton("192.0.2.1"), socket.inet_aton("192.0.2.2")
tcp = struct.pack("!HHIIBBHHH", 40000, 80, 1000, int(sys.argv[1]), 5 << 4, 2, 1024, 0, 0)
pseudo = source + target + struct.pack("!BBH", 0, 6, len(tcp))
tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 7, 0, 64, 6, 0) + source + target
ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
frame = b"\2\0\0\0\0\2" + b"\2\0\0\0\0\1" + b"\x08\0" + ip + tcp
sys.stdout.buffer.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
sys.stdout.buffer.write(struct.pack("<IIII", 1700000000, 0, len(frame), len(frame)) + frame)
PYTHON

for number in 0 5 16777216 4278190079 4294967295; do
  python3 "$folder/syn.py" "$number" > "$folder/syn.pcap"
  "$folder/root/usr/sbin/p0f" -f "$folder/root/etc/p0f/p0f.fp" -r "$folder/syn.pcap" > "$folder/log"
  echo "$number: $(grep -oE 'raw_sig += .*' "$folder/log" | sed 's/raw_sig *= *//')"
done | tee "$folder/seen"
diff <(sed -n 's/^#   \([0-9]*: 4:.*\)/\1/p' "$0") "$folder/seen"
