#!/bin/bash
# A netdev ingress chain can name an interface that does not exist: nft succeeds, and Linux binds it later.
#
# Version: Linux 6.18, nftables 1.0.6-2+deb12u2 (Debian 12)
# Behaviour: one expects `nft add chain netdev ... device later` to fail with "No such file or directory"
#   while there is no interface "later", as it did for years, and uses that error as the check of a name.
#   Current kernels keep the chain and bind it by name when such an interface appears: its rules see the
#   first packets. A misspelt name therefore gives a ruleset that lists as valid and filters nothing.
# Output seen:
#   without the interface: status 0
#   when it has appeared: the rule counts packets
# Source: measured; nft(8) says of netdev chains only that they need a device
#
# Needs root: it runs nft in a network namespace that it makes and removes. Needs Linux 6.16 or later.
set -euo pipefail
folder=$(mktemp -d)
space=finding-$$
trap 'ip netns del "$space" 2>/dev/null || true; rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download nftables=1.0.6-2+deb12u2 \
  libnftables1=1.0.6-2+deb12u2 libnftnl11=1.2.4-2)
for package in "$folder"/*.deb; do dpkg -x "$package" "$folder/root"; done
export LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libnftables.so.1' | head -1)")
ip netns add "$space"
nft() { ip netns exec "$space" "$folder/root/usr/sbin/nft" "$@"; }
nft add table netdev watch
status=0
nft 'add chain netdev watch incoming { type filter hook ingress device later priority 0; }' || status=$?
nft add rule netdev watch incoming counter
ip -n "$space" link add later type veth peer name other
for interface in later other; do ip -n "$space" link set "$interface" up; done
ip -n "$space" address add 192.0.2.1/24 dev other
ip netns exec "$space" ping -c1 -W1 192.0.2.2 >/dev/null || true
{
  echo "without the interface: status $status"
  nft list ruleset | grep -Eq 'counter packets [1-9]' && echo "when it has appeared: the rule counts packets"
} | tee "$folder/seen"
diff - "$folder/seen" <<'SEEN'
without the interface: status 0
when it has appeared: the rule counts packets
SEEN
