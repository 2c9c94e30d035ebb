#!/bin/bash
# onesixtyone's SNMP request-id is an INTEGER that BER forbids: ff ff ff ff for -1.
#
# Version: onesixtyone 0.3.4-1 (Debian 12)
# Behaviour: one expects a scanner's request-id to be a small positive or a random number, in its
#   shortest form. onesixtyone counts downwards from -1, a step for each community, and always
#   writes four octets. X.690 section 8.3.2 forbids nine equal leading bits, so a decoder that keeps
#   to it rejects every question of this scanner: an SNMP decoy built on one never sees the scan,
#   while agents that decode loosely answer it.
# Output seen:
#   public 02 04 ff ff ff ff
#   private 02 04 ff ff ff fe
# Source: measured; X.690 section 8.3.2, RFC 1157 section 4.1 (request-id)
#
# Needs root: it runs in a network namespace of its own.
set -euo pipefail
folder=$(mktemp -d)
space=finding-$$
trap 'ip netns del "$space" 2>/dev/null || true; rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download onesixtyone=0.3.4-1)
dpkg -x "$folder"/*.deb "$folder/root"
printf 'public\nprivate\n' >"$folder/communities"
ip netns add "$space"
ip -n "$space" link set lo up
ip netns exec "$space" python3 - >"$folder/seen" <<'PYTHON' &
import socket
agent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
agent.bind(("127.0.0.1", 161))
agent.settimeout(10)
print("ready", flush=True)
for _ in range(2):
    question = agent.recv(2048)
    length = question[6]                      # after SEQUENCE, version, and the string's tag
    community = question[7:7 + length].decode()
    request_id = question[9 + length:15 + length]  # after the PDU's tag and length
    print(community, request_id.hex(" "), flush=True)
PYTHON
agent=$!
until grep -q ready "$folder/seen" 2>/dev/null; do sleep 0.1; done
timeout 10 ip netns exec "$space" "$folder/root/usr/bin/onesixtyone" -w 50 -c "$folder/communities" 127.0.0.1 >/dev/null
wait "$agent"
sed -i /ready/d "$folder/seen"
cat "$folder/seen"
diff <(printf 'public 02 04 ff ff ff ff\nprivate 02 04 ff ff ff fe\n') "$folder/seen"
