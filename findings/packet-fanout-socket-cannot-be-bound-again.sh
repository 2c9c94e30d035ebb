#!/bin/bash
# A packet socket in a fanout group cannot follow an interface that is created again.
#
# Version: Linux 6.18; iproute2 6.1.0-3 makes the interface (Debian 12)
# Behaviour: an interface is deleted and created again under its name, as a VPN or a container does. A
#   packet socket gets ENETDOWN once, and packet(7) lets it bind(2) to the new interface, which needs no
#   privilege. One expects that of a socket with PACKET_FANOUT, too. But bind() fails with EINVAL while the
#   socket is in a group, nothing takes it out of the group but close(2), and a new socket needs
#   CAP_NET_RAW. A capture with several sockets that has dropped its privileges is deaf for good, where
#   one with a single socket goes on.
# Output seen:
#   without fanout: bound again
#   with fanout: EINVAL
# Source: measured; the kernel's net/packet/af_packet.c (packet_do_bind)
#
# Needs root: it works in a network namespace that it makes and removes.
set -euo pipefail
folder=$(mktemp -d)
space=finding-$$
trap 'ip netns del "$space" 2>/dev/null || true; rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3)
dpkg -x "$folder"/iproute2_*.deb "$folder/root"
ip netns add "$space"
ip netns exec "$space" timeout 60 python3 - "$folder/root/bin/ip" <<'PYTHON' | tee "$folder/seen"
import errno, socket, subprocess, sys

SOL_PACKET, PACKET_FANOUT, HASH, GROUP = 263, 18, 0, 7

def ip(words):
    subprocess.run([sys.argv[1], *words.split()], check=True)

def listen(with_fanout):
    found = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    found.bind(("wire", 0))
    if with_fanout:
        found.setsockopt(SOL_PACKET, PACKET_FANOUT, HASH << 16 | GROUP)
    return found

ip("link add wire type veth peer name other")
ip("link set wire up")
sockets = {"without fanout": listen(False), "with fanout": listen(True)}
ip("link del wire")
ip("link add wire type veth peer name other")
ip("link set wire up")
for name, one in sockets.items():
    try:
        one.bind(("wire", 0))
        print(f"{name}: bound again", flush=True)
    except OSError as error:
        print(f"{name}: {errno.errorcode[error.errno]}", flush=True)
PYTHON
diff <(printf 'without fanout: bound again\nwith fanout: EINVAL\n') "$folder/seen"
