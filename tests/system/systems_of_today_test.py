"""Our own personalities of systems that Debian's nmap does not know: it names a near one of the family."""
import re
import xml.etree.ElementTree as ET

import lab

# Personality -> the families that nmap may name.
SYSTEMS = {
    "Windows 11": {"Windows"},
    "FreeBSD 14": {"FreeBSD"},
    "OpenBSD 7": {"OpenBSD"},
    "macOS 13 - 15": {"Mac OS X", "macOS", "OS X", "iOS"},
    "Android 13 - 15 (Linux 5.10 - 6.1)": {"Android", "Linux"},
    "RouterOS 7 (Linux 5.6)": {"Linux", "RouterOS"},
}
ADDRESSES = [f"10.0.0.{10 + i}" for i in range(len(SYSTEMS))]


class SystemsOfToday(lab.LabTest):
    answers = ADDRESSES[0]
    config = "".join(f'''
create t{i}
set t{i} personality "{name}"
set t{i} default tcp action reset
set t{i} default udp action reset
add t{i} tcp port 7 internal "echo"
bind {ADDRESSES[i]} t{i}
''' for i, name in enumerate(SYSTEMS))

    def test_nmap_names_the_family(self):
        said = self.attacker.run("nmap", "-n", "-O", "--osscan-guess", "-p", "7,81", "-oX", "-", *ADDRESSES).stdout
        hosts = {host.find("address").get("addr"): host for host in ET.fromstring(said).findall("host")}
        for (name, families), address in zip(SYSTEMS.items(), ADDRESSES):
            with self.subTest(name):
                best = hosts[address].find("os/osmatch")
                self.assertIsNotNone(best, "no guess")
                print(f"{name}: {best.get('name')} ({best.get('accuracy')} %)", flush=True)
                self.assertIn(best.find("osclass").get("osfamily"), families)
                self.assertGreaterEqual(int(best.get("accuracy")), 90)

    def test_they_are_listed(self):
        listed = lab.run(lab.BINARY, "personality", "list").stdout
        for name in SYSTEMS:
            self.assertTrue(re.search(rf"^{re.escape(name)}$", listed, re.MULTILINE), name)


if __name__ == "__main__":
    lab.main()
