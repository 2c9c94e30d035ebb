#!/bin/bash
# `nft -j list ruleset` leaves out the device of a netdev chain, so what it prints cannot be loaded.
#
# Version: nftables 1.0.6-2+deb12u2 (libnftables1 of the same version, libnftnl11 1.2.4-2), Debian 12
# Behaviour: one expects `nft -j list ruleset` to hold what `nft list ruleset` holds, and
#   `nft -j -f` to load it. For a base chain of the family netdev, with a device, the JSON has
#   no "dev" member: a program that audits the ingress of interfaces cannot tell which interface a
#   chain is bound to, and loading the listing fails. The text form has the device.
# Output seen:
#   text: type filter hook ingress device "wire" priority filter; policy accept;
#   JSON: no dev
#   load: Error: Missing `device' in this chain definition
# Source: measured; libnftables-json(5) has "dev" among the members of a chain
#
# Needs root: it runs nft in a network namespace that it makes and removes.
set -euo pipefail
folder=$(mktemp -d)
space=finding-$$
trap 'ip netns del "$space" 2>/dev/null || true; rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download nftables=1.0.6-2+deb12u2 \
  libnftables1=1.0.6-2+deb12u2 libnftnl11=1.2.4-2)
for package in "$folder"/*.deb; do dpkg -x "$package" "$folder/root"; done
export LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libnftables.so.1' | head -1)")
ip netns add "$space"
ip -n "$space" link add wire type veth peer name other
nft() { ip netns exec "$space" "$folder/root/usr/sbin/nft" "$@"; }
nft add table netdev watch
nft 'add chain netdev watch incoming { type filter hook ingress device wire priority 0; }'
{
  echo "text: $(nft list ruleset | grep -o 'type filter.*')"
  nft -j list ruleset >"$folder/listing.json"
  grep -q '"dev"' "$folder/listing.json" && echo "JSON: dev" || echo "JSON: no dev"
  nft flush ruleset
  echo "load: $(nft -j -f "$folder/listing.json" 2>&1 | grep -o 'Error: .*')"
} | tee "$folder/seen"
diff - "$folder/seen" <<'SEEN'
text: type filter hook ingress device "wire" priority filter; policy accept;
JSON: no dev
load: Error: Missing `device' in this chain definition
SEEN
