#!/bin/bash
# An address with a prefix on the loopback interface makes every address of the prefix the machine's own.
#
# Version: Linux 6.18, iproute2 6.1.0-3 (Debian 12)
# Behaviour: one expects `ip address add 10.0.0.9/29 dev lo` to add one address, as on Ethernet, where the
#   prefix is a route to neighbours. On lo the kernel adds a route of type local for the whole prefix:
#   it answers pings to 10.0.0.12, which `ip address` does not list. A program that learns the machine's
#   addresses from RTM_GETADDR alone misses seven of the eight.
# Output seen:
#   ip address: 10.0.0.9/29
#   ip route get 10.0.0.12: local
#   on another interface: unicast
# Source: measured; the kernel's net/ipv4/fib_frontend.c (fib_add_ifaddr) for loopback devices
#
# Needs root: it works in a network namespace that it makes and removes.
set -euo pipefail
folder=$(mktemp -d)
space=finding-$$
trap 'ip netns del "$space" 2>/dev/null || true; rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3)
dpkg -x "$folder"/iproute2_*.deb "$folder/root"
ip netns add "$space"
ip() { command ip netns exec "$space" "$folder/root/bin/ip" "$@"; }
ip link set lo up
ip link add wire type veth peer name other
ip link set wire up
ip address add 10.0.0.9/29 dev lo
ip address add 10.1.0.9/29 dev wire
type_of() { ip -o route get "$1" | grep -q '^local ' && echo local || echo unicast; }
{
  echo "ip address: $(ip -o -4 address show dev lo | grep -o '10[.0-9/]*')"
  echo "ip route get 10.0.0.12: $(type_of 10.0.0.12)"
  echo "on another interface: $(type_of 10.1.0.12)"
} | tee "$folder/seen"
diff - "$folder/seen" <<'SEEN'
ip address: 10.0.0.9/29
ip route get 10.0.0.12: local
on another interface: unicast
SEEN
