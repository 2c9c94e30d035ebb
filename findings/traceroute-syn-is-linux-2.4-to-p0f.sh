#!/bin/bash
# p0f takes `traceroute -T` of a current Linux for another machine, one that runs Linux 2.4.
#
# Version: traceroute 1:2.1.2-1, p0f 3.09b-3, libpcap0.8 1.10.3-1 (Debian 12), Linux 6.18
# Behaviour: one expects the SYNs of `traceroute -T` to look like the kernel's own, since the
#   option set (MSS, SACK, timestamps, window scale) is the same. traceroute builds them itself:
#   window 5840, scale 2, no DF, an IP ID that counts, and one timestamp for the whole run. p0f
#   names them Linux 2.4.x and reports a host change against the kernel's SYN of the same address
#   a second before. An analyst who groups visitors by p0f's verdict gets two machines.
# Output seen:
#   os=Linux 2.2.x-3.x     (connect() by the kernel)
#   os=Linux 2.4.x         (traceroute -T)
#   mod=host change
# Source: measured; p0f.fp's section tcp:request, traceroute(8)
#
# Needs root: it makes two network namespaces and removes them.
set -euo pipefail
folder=$(mktemp -d)
a=finding-$$-a b=finding-$$-b
p0f=
clean() {
  [[ -z $p0f ]] || kill "$p0f" 2>/dev/null || true
  ip netns del "$a" 2>/dev/null || true; ip netns del "$b" 2>/dev/null || true; rm -rf "$folder"
}
trap clean EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download traceroute=1:2.1.2-1 p0f=3.09b-3 libpcap0.8=1.10.3-1)
for package in "$folder"/*.deb; do dpkg -x "$package" "$folder/root"; done
export LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libpcap.so.0.8' | head -1)")

ip netns add "$a"
ip netns add "$b"
ip -n "$a" link add wire type veth peer name wire netns "$b"
ip -n "$a" address add 192.0.2.1/24 dev wire
ip -n "$b" address add 192.0.2.2/24 dev wire
for space in "$a" "$b"; do ip -n "$space" link set wire up; ip -n "$space" link set lo up; done

ip netns exec "$b" "$folder/root/usr/sbin/p0f" -i wire -f "$folder/root/etc/p0f/p0f.fp" \
  -o "$folder/log" >/dev/null 2>&1 &
p0f=$!
sleep 2
ip netns exec "$a" python3 -c 'import socket; socket.socket().connect_ex(("192.0.2.2", 22))'
sleep 1
ip netns exec "$a" "$folder"/root/usr/bin/traceroute.db -T -n -p 22 -q 1 -m 1 192.0.2.2 >/dev/null
sleep 2
grep -oE 'mod=host change|mod=syn\|cli=192.0.2.1.*os=[^|]*' "$folder/log" | sed 's/.*os=/os=/' | tee "$folder/seen"
diff <(printf '%s\n' 'os=Linux 2.2.x-3.x' 'os=Linux 2.4.x' 'mod=host change') "$folder/seen"
