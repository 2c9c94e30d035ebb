#!/bin/bash
# A program that `ip netns exec` starts sees no control groups.
#
# Version: iproute2 6.1.0-3, util-linux 2.38.1-5+deb12u3 (Debian 12), Linux 6.18
# Behaviour: one expects a network namespace to change the network only. `ip netns exec` also makes
#   a mount namespace and mounts another sysfs at /sys, so that /sys/class/net fits. What is mounted
#   below the old /sys goes out of sight with it: control groups, securityfs, bpf. A daemon in a lab
#   of network namespaces finds no control group for itself and its programs, although
#   /proc/self/cgroup names one. `nsenter --net` leaves /sys as it is.
# Output seen:
#   by nsenter: control groups
#   by ip: none
# Source: measured; ip-netns(8)
#
# Needs root: it makes a network namespace and removes it.
set -euo pipefail
folder=$(mktemp -d)
name=finding-$$
clean() { ip netns del "$name" 2>/dev/null || true; rm -rf "$folder"; }
trap clean EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 util-linux=2.38.1-5+deb12u3)
for package in "$folder"/*.deb; do dpkg -x "$package" "$folder/root"; done
ip=$(find "$folder/root" -path '*bin/ip' -type f) nsenter=$(find "$folder/root" -path '*bin/nsenter')
look='if [[ -n $(ls /sys/fs/cgroup 2>/dev/null) ]]; then echo "control groups"; else echo none; fi'
[[ -n $(ls /sys/fs/cgroup) ]] || { echo "this machine has no control groups at /sys/fs/cgroup"; exit 77; }

"$ip" netns add "$name"
{
  echo "by nsenter: $("$nsenter" --net=/run/netns/"$name" bash -c "$look")"
  echo "by ip: $("$ip" netns exec "$name" bash -c "$look")"
} | tee "$folder/seen"
diff <(printf '%s\n' 'by nsenter: control groups' 'by ip: none') "$folder/seen"
