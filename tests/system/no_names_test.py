"""The demonstration works on a machine whose name is not in /etc/hosts and whose resolver does not answer.
A lookup would take longer than a visitor waits."""
import os
import pathlib
import subprocess
import time
import unittest

import lab

# The inner lab has a network that drops packets to the resolver, and files of its own.
WITHOUT_NAMES = """
set -e
ip link set lo up
ip link add void type veth peer name end
ip link set void up
ip link set end up
ip address add 198.51.100.2/24 dev void
ip neighbour add 198.51.100.1 lladdr 02:00:00:00:00:01 dev void
ip route add default via 198.51.100.1
printf '127.0.0.1 localhost\\n' > "$1/hosts"
printf 'nameserver 10.9.9.53\\n' > "$1/resolv.conf"
printf 'hosts: files dns\\n' > "$1/nsswitch.conf"
for file in hosts resolv.conf nsswitch.conf; do
  mount --bind "$1/$file" "$(readlink -f /etc/$file)"
done
hostname no-such-name
exec "$2" --once
"""


class NoNamesTest(unittest.TestCase):
    def test_the_demonstration_shows_what_it_should(self):
        machine = lab.Lab()
        self.addCleanup(machine.remove)
        before = set(self.files_of_labs())
        began = time.monotonic()
        done = subprocess.run(
            ["unshare", "--mount", "--net", "--uts", "bash", "-c", WITHOUT_NAMES, "lab", machine.folder,
             lab.ROOT / "tools/lab"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "APIARY_BINARY": lab.BINARY}, timeout=200)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertLess(time.monotonic() - began, 150, done.stdout)
        self.assertIn('tried user "admin" with password "secret"', done.stdout)
        self.assertEqual(set(self.files_of_labs()), before)

    @staticmethod
    def files_of_labs():
        return pathlib.Path("/etc/netns").glob("apiary-attacker-*")


if __name__ == "__main__":
    lab.main()
