"""apiary doctor on routers, the kernel, firewalls and other programs. See doctor_test.py."""
import re
import shutil

import lab
from doctor_lab import NETS, DoctorTest


class Delivery(DoctorTest):
    def test_a_router_without_the_route(self):
        with self.doing(self.router, "ip route del 10.0.0.0/8", "ip route replace 10.0.0.0/8 via 192.0.2.1"):
            with self.daemon("-i", "eth0", *NETS):
                self.assertFalse(self.reaches())
                finding = self.mend("route", "fail", self.doctor(), self.router)
                self.assertEqual(finding["where"], "router 192.0.2.254")
                self.assertTrue(self.reaches())

    def test_no_router_is_known(self):
        with self.doing(self.honeynet, "ip route del default", "ip route add default via 192.0.2.254"):
            self.assertTrue(self.found("route", "warn", self.doctor())["command"])

    def test_a_router_that_is_not_there(self):
        with self.doing(self.honeynet, "ip route replace default via 192.0.2.253",
                        "ip route replace default via 192.0.2.254"):
            self.found("route", "fail", self.doctor())

    def filtering_switch(self):
        mac = re.search(r"link/ether (\S+)", self.honeynet.ip("link", "show", "eth0"))[1]
        return self.doing(self.switch, "bridge link set dev port1 learning off flood off; "
                          f"bridge fdb replace {mac} dev port1 master static",
                          "bridge link set dev port1 learning on flood on; "
                          f"bridge fdb del {mac} dev port1 master static")

    def test_a_virtual_switch_that_filters(self):
        with self.filtering_switch():
            self.found("MAC addresses", "ok", self.doctor(file=self.file))
            with self.daemon("-i", "eth0", *NETS, file=self.mac_file):
                self.assertFalse(self.reaches("192.0.2.77", self.real))
                self.mend("MAC addresses", "fail", self.doctor(file=self.mac_file), self.switch,
                          lambda command: command.replace("PORT", "port1"))
                self.assertTrue(self.reaches("192.0.2.77", self.real))

    def test_hypervisors_have_a_setting_of_their_own(self):
        for maker, product, setting in (("VMware, Inc.", "VMware Virtual Platform", "forged transmits"),
                                        ("innotek GmbH", "VirtualBox", "Allow All"),
                                        ("Microsoft Corporation", "Virtual Machine", "MAC address spoofing"),
                                        ("QEMU", "Standard PC (Q35)", "trustGuestRxFilters"),
                                        ("Amazon EC2", "t3.micro", "route a prefix"),
                                        ("ACME", "Server", "on the virtual switch")):
            script = "mkdir -p /sys/class/dmi/id; cd /sys/class/dmi/id; " \
                f"echo '{maker}' >sys_vendor; echo '{product}' >product_name"
            with self.subTest(maker), self.filtering_switch(), self.files_of_the_kernel(script) as prefix:
                finding = self.found("MAC addresses", "fail", self.doctor(file=self.mac_file), prefix)
                self.assertIn(setting, finding["explanation"])

    def test_a_macvlan(self):
        with self.doing(self.honeynet, "ip link add mv0 link eth0 type macvlan mode bridge; "
                        "ip link set mv0 up; ip address add 192.0.2.3/24 dev mv0; "
                        "ping -c1 -W2 -I mv0 192.0.2.254", "ip link del mv0"):
            self.found("MAC addresses", "ok", self.doctor(interface="mv0", file=self.file))
            self.mend("MAC addresses", "fail", self.doctor(interface="mv0", file=self.mac_file),
                      edit=lambda command: command + "; ping -c2 -W2 -I mv0 192.0.2.254")


class Kernel(DoctorTest):
    def test_that_answers_itself(self):
        with self.doing(self.honeynet, "ip route add local 10.0.0.0/8 dev lo",
                        "ip route del local 10.0.0.0/8 dev lo"):
            self.mend("kernel answers", "fail", self.doctor())

    def test_that_forwards(self):
        with self.doing(self.honeynet, "sysctl -qw net.ipv4.ip_forward=1; "
                        "ip route add default via 192.0.2.254 table 50; "
                        "ip rule add priority 50 lookup 50",
                        "sysctl -qw net.ipv4.ip_forward=0; ip route flush table 50; "
                        "while ip rule del lookup 50; do :; done"):
            self.found("forwarding", "ok", self.doctor())  # routes do not matter after the ingress hook
            with self.daemon("-i", "eth0", *NETS):
                finding = self.found("kernel answers", "ok", self.doctor())
                self.assertIn("nft list table netdev apiary-", finding["explanation"])

    def test_that_does_not_forward(self):
        with self.doing(self.honeynet, "true", "sysctl -qw net.ipv4.ip_forward=0"):
            with self.daemon("-i", "tun:honey", "10.0.0.0/8"):
                self.assertFalse(self.reaches())
                self.mend("forwarding", "fail", self.doctor(interface="tun:honey", nets=("10.0.0.0/8",)))
                self.assertTrue(self.reaches())

    def test_that_filters_by_reverse_path(self):
        with self.doing(self.honeynet, "sysctl -qw net.ipv4.conf.all.rp_filter=1",
                        "sysctl -qw net.ipv4.conf.all.rp_filter=0"):
            self.mend("reverse path", "warn", self.doctor(
                interface="tun:honey", file=lab.EXAMPLES / "figure5.conf", nets=("10.1.0.0/16",)))


class Firewall(DoctorTest):
    flush = ("nft flush ruleset; iptables -P FORWARD ACCEPT; iptables-legacy -F FORWARD;"
             "iptables-legacy -P FORWARD ACCEPT; sysctl -qw net.ipv4.ip_forward=0")

    def nft(self, *commands):
        return self.doing(self.honeynet, "; ".join(f"nft '{command}'" for command in commands),
                          self.flush)

    def tun(self):
        return self.doctor(interface="tun:honey", nets=("10.0.0.0/8",))

    def test_forwarding_dropped_by_nftables(self):
        with self.nft("add table inet f",
                      "add chain inet f through { type filter hook forward priority 0; policy drop; }",
                      "add rule inet f through ct state established,related accept"):
            self.shell(self.honeynet, "sysctl -qw net.ipv4.ip_forward=1")
            with self.daemon("-i", "tun:honey", "10.0.0.0/8"):
                self.assertFalse(self.reaches())
                self.mend("firewall", "fail", self.tun())
                self.assertTrue(self.reaches())

    def test_forwarding_dropped_by_iptables(self):
        for tool in ("iptables", "iptables-legacy"):
            with self.doing(self.honeynet, f"sysctl -qw net.ipv4.ip_forward=1; {tool} -P FORWARD DROP; "
                            f"{tool} -A FORWARD -i docker0 -j ACCEPT; {tool} -A FORWARD -m conntrack "
                            "--ctstate ESTABLISHED -j ACCEPT", self.flush):
                with self.daemon("-i", "tun:honey", "10.0.0.0/8"):
                    self.assertFalse(self.reaches())
                    for _ in range(3):  # a command for each direction
                        if self.ask(self.tun())["firewall"]["verdict"] == "ok":
                            break
                        self.shell(self.honeynet, self.ask(self.tun())["firewall"]["command"])
                    self.found("firewall", "ok", self.tun())
                    self.assertTrue(self.reaches())

    def test_input_does_not_matter_to_packet_sockets(self):
        with self.nft("add table inet f",
                      "add chain inet f in { type filter hook input priority 0; policy drop; }",
                      "add chain inet f fw { type filter hook forward priority 0; policy drop; }"):
            self.found("firewall", "ok", self.doctor())
            with self.daemon("-i", "eth0", *NETS):
                self.assertTrue(self.reaches())

    def test_egress(self):
        with self.nft("add table netdev f", "add chain netdev f out { type filter hook egress device "
                      "eth0 priority 0; policy drop; }", "add rule netdev f out meta protocol arp accept",
                      "add rule netdev f out ip saddr 192.0.2.1 accept"):
            with self.daemon("-i", "eth0", *NETS):
                self.assertFalse(self.reaches())
                self.mend("firewall", "fail", self.doctor())
                self.assertTrue(self.reaches())

    def test_a_bridges_own_filter(self):
        with self.doing(self.honeynet,
                        "ip link add br0 type bridge; ip link set br0 address "
                        "$(cat /sys/class/net/eth0/address) up; ip address flush dev eth0;"
                        "ip link set eth0 master br0; ip address add 192.0.2.1/24 dev br0;"
                        "ip route add default via 192.0.2.254",
                        "ip link del br0; ip address add 192.0.2.1/24 dev eth0;"
                        "ip route add default via 192.0.2.254"), \
             self.nft("add table bridge f", "add chain bridge f in { type filter hook input priority 0;"
                      "policy drop; }", "add rule bridge f in meta protocol arp accept"):
            with self.daemon("-i", "br0", *NETS):
                self.assertFalse(self.reaches())
                self.mend("firewall", "fail", self.doctor(interface="br0"))
                self.assertTrue(self.reaches())

    def test_redirection(self):
        with self.nft("add table ip nat",
                      "add chain ip nat before { type nat hook prerouting priority -100; }",
                      "add rule ip nat before tcp dport 80 redirect to :8080"):
            self.mend("firewall", "warn", self.doctor())

    def test_connections_of_proxies(self):
        with self.nft("add table inet f",
                      "add chain inet f out { type filter hook output priority 0; policy drop; }"):
            self.found("firewall", "ok", self.doctor(file=self.file))
            self.mend("firewall", "fail", self.doctor(file=self.proxy_file))


class Rivals(DoctorTest):
    def test_farpd(self):
        shutil.copy("/bin/sleep", self.lab.folder / "farpd")
        rival = self.honeynet.start(self.lab.folder / "farpd", 60)
        try:
            finding = self.mend("other programs", "fail", self.doctor())
            self.assertIn("farpd", finding["explanation"])
        finally:
            rival.kill()
            rival.wait()

    def test_two_daemons(self):
        with self.daemon("-i", "eth0", *NETS):
            second = lab.Daemon(self.honeynet, self.lab.folder, "-f", "test.conf", "--control", "off",
                                "-i", "eth0", "198.51.100.0/24")
            try:
                self.assertTrue(second.wait_for_log("answering for"))
                finding = self.found("other programs", "warn", self.doctor())
                self.shell(self.honeynet, finding["command"])
                second.process.wait(10)
                self.found("other programs", "ok", self.doctor())
            finally:
                second.stop()

    def test_a_daemon_of_another_network_at_the_socket(self):
        socket = self.lab.folder / "taken.sock"
        other = lab.Daemon(self.real, self.lab.folder, "-f", "test.conf", "--control", socket, "-i",
                           "eth0", "10.0.0.0/8")
        self.lab.daemons.append(other)
        self.assertTrue(other.wait_for_log("answering for"))
        self.mend("other programs", "warn", self.doctor("--control", socket))

    def test_proxy_arp(self):
        with self.doing(self.honeynet, "sysctl -qw net.ipv4.conf.eth0.proxy_arp=1",
                        "sysctl -qw net.ipv4.conf.eth0.proxy_arp=0"):
            self.assertNotIn("proxy ARP", self.ask(self.doctor()))  # it sees no request for honeypots


if __name__ == "__main__":
    lab.main()
