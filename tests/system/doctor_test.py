"""apiary doctor: the tests provoke each reason why packets do not arrive, check that the doctor finds it,
and fix it with the command that the doctor prints."""
import contextlib
import json
import os
import re
import shutil
import subprocess
import unittest

import lab

NETS = ("192.0.2.64/26", "10.0.0.0/8")
# An XDP program that passes all packets, for clang -target bpf.
XDP_PROGRAM = """
__attribute__((section("xdp"), used)) int pass(void *context) { return 2; }
char _license[] __attribute__((section("license"), used)) = "GPL";
"""
CONFIG = """
create server
set server default tcp action reset
set server default udp action reset
bind 192.0.2.77 server
bind 10.0.0.0/24 server
"""
PROXY_CONFIG = CONFIG + "add server tcp port 22 proxy 192.0.2.50:22\n"
OWN_MAC_CONFIG = CONFIG + 'set server ethernet "00:11:22:33:44:55"\n'


class DoctorTest(lab.LabTest):
    """The daemon's machine .1 and a real machine .50 on a switch, and a router .254 that sends
    10.0.0.0/8 to .1; the attacker is behind the router."""

    @classmethod
    def setUpClass(cls):
        cls.lab = lab.Lab()
        cls.addClassCleanup(cls.lab.remove)
        cls.attacker, cls.honeynet = cls.lab.attacker, cls.lab.honeynet
        cls.honeynet.ip("link", "del", "inside")
        cls.switch = cls.lab.add_machine("switch")
        cls.switch.ip("link", "add", "bridge", "type", "bridge")
        cls.switch.ip("link", "set", "bridge", "up")
        cls.router, cls.real = cls.lab.add_machine("router"), cls.lab.add_machine("real")
        for machine, number in ((cls.honeynet, 1), (cls.real, 50), (cls.router, 254)):
            lab.connect_wire(machine, "eth0", cls.switch, f"port{number}")
            cls.switch.ip("link", "set", f"port{number}", "master", "bridge")
            machine.ip("address", "add", f"192.0.2.{number}/24", "dev", "eth0")
        lab.connect_wire(cls.attacker, "outside", cls.router, "visitors")
        cls.attacker.ip("address", "add", "198.51.100.2/24", "dev", "outside")
        cls.router.ip("address", "add", "198.51.100.1/24", "dev", "visitors")
        cls.attacker.ip("route", "add", "default", "via", "198.51.100.1")
        cls.router.shell("sysctl -qw net.ipv4.ip_forward=1")
        cls.router.ip("route", "add", "10.0.0.0/8", "via", "192.0.2.1")
        cls.honeynet.ip("route", "add", "default", "via", "192.0.2.254")
        cls.file = cls.lab.add_file("test.conf", CONFIG, 0o644)
        cls.proxy_file = cls.lab.add_file("proxy.conf", PROXY_CONFIG, 0o644)
        cls.mac_file = cls.lab.add_file("mac.conf", OWN_MAC_CONFIG, 0o644)
        shutil.copy(lab.BINARY, cls.lab.folder / "apiary")
        cls.lab.add_file("sudo", '#!/bin/sh\nexec "$@"\n')  # the tests run as root
        cls.environment = dict(os.environ, PATH=f"{cls.lab.folder}:{os.environ['PATH']}")

    def shell(self, machine, script, **options):
        return machine.shell(script, env=self.environment, **options)

    def ask(self, command, prefix=""):
        """The doctor's findings by check; the worst if a check has several."""
        done = self.shell(self.honeynet, f"{prefix}{command} --json", check=False)
        try:
            report = json.loads(done.stdout)
        except ValueError:
            self.fail(f"{command} prints no JSON:\n{done.stdout}")
        self.assertEqual(done.returncode, 1 if report["verdict"] == "fail" else 0)
        order = ("ok", "warn", "fail")
        checks = {}
        for check in sorted(report["checks"], key=lambda check: order.index(check["verdict"])):
            checks[check["name"]] = check
        return checks

    def doctor(self, *arguments, interface="eth0", file=None, nets=NETS):
        words = ["apiary", "doctor", "-i", interface, *(("-f", file) if file else ()), *arguments, *nets]
        return " ".join(map(str, words))

    def found(self, name, verdict, command, prefix=""):
        """The finding of that check, which must have that status."""
        checks = self.ask(command, prefix)
        self.assertIn(name, checks)
        self.assertEqual(checks[name]["verdict"], verdict, checks[name])
        return checks[name]

    def mend(self, name, verdict, command, machine=None, edit=lambda words: words):
        """Expects a finding, runs the printed command, and expects that the check passes."""
        finding = self.found(name, verdict, command)
        printed = finding["command"]
        self.assertTrue(printed, finding)
        print(f"\n    {name}: {printed}", end=" ", flush=True)
        if printed.startswith("apiary doctor"):
            command = printed
        else:
            self.shell(machine or self.honeynet, edit(printed))
        after = self.ask(command).get(name, {"verdict": "ok"})
        self.assertEqual(after["verdict"], "ok", after)
        return finding

    @contextlib.contextmanager
    def doing(self, machine, script, undo):
        self.shell(machine, script)
        try:
            yield
        finally:
            self.shell(machine, undo, check=False)

    @contextlib.contextmanager
    def in_another_view(self, script):
        """A mount namespace prepared by the script. Yields the command prefix that enters it."""
        holder = self.honeynet.start("unshare", "--mount", "bash", "-ec", f"{script}; echo; exec sleep 100",
                                     stdout=subprocess.PIPE)
        try:
            self.assertTrue(holder.stdout.readline(), script)
            yield f"nsenter --mount=/proc/{holder.pid}/ns/mnt "
        finally:
            holder.kill()
            holder.wait()
            holder.stdout.close()

    def files_of_the_kernel(self, script):
        """A view with other files in /sys/class: it keeps the names of interfaces, nothing else."""
        names = "for i in $(ls /sys/class/net); do mkdir -p /run/net/$i; done"
        return self.in_another_view("mount -t tmpfs none /run; " + names + "; mount -t tmpfs none /sys/class; "
                                    "cp -r /run/net /sys/class/net; " + script)

    @contextlib.contextmanager
    def daemon(self, *arguments, file="test.conf"):
        daemon = lab.Daemon(self.honeynet, self.lab.folder, "-f", file, "--control", "off", *arguments)
        self.lab.daemons.append(daemon)
        self.assertTrue(daemon.wait_for_log("answering for"), daemon.log())
        try:
            yield daemon
        finally:
            daemon.stop()

    def reaches(self, address="10.0.0.5", machine=None):
        return (machine or self.attacker).run("ping", "-c2", "-i0.2", "-W1", address,
                                              check=False).returncode == 0


class Healthy(DoctorTest):
    def test_all_is_well(self):
        checks = self.ask(self.doctor(file=self.file))
        self.assertEqual({name: check["verdict"] for name, check in checks.items()},
                         dict.fromkeys(checks, "ok"))
        for name in ("privileges", "configuration", "interface", "link", "offloads", "own addresses",
                     "real machines", "ARP", "route", "MAC addresses", "forwarding", "reverse path",
                     "firewall", "sandbox", "other programs", "limits"):
            self.assertIn(name, checks)
        with self.daemon("-i", "eth0", *NETS):
            self.assertTrue(self.reaches())
            self.assertEqual(self.ask(self.doctor())["other programs"]["verdict"], "ok")

    def test_the_report_for_people(self):
        output = self.shell(self.honeynet, self.doctor()).stdout
        self.assertTrue(output.startswith("eth0, for 10.0.0.0/8, 192.0.2.64/26 (16777280 addresses)"),
                        output)
        self.assertIn("All checks passed", output.splitlines()[-1])

    def test_a_command_line_that_makes_no_sense(self):
        for arguments in ("10.0.0.0/33", "127.0.0.1", "--nonsense"):
            done = self.shell(self.honeynet, f"apiary doctor {arguments}", check=False)
            self.assertEqual(done.returncode, 2, done.stdout)

    def test_tun(self):
        with self.doing(self.honeynet, "sysctl -qw net.ipv4.ip_forward=1",
                        "sysctl -qw net.ipv4.ip_forward=0"):
            checks = self.ask(self.doctor(interface="tun:honey", nets=("10.0.0.0/8",)))
            self.assertEqual({check["verdict"] for check in checks.values()}, {"ok"}, checks)


class Invocation(DoctorTest):
    def test_privileges(self):
        finding = self.found("privileges", "fail", self.doctor(),
                             "setpriv --reuid nobody --regid nogroup --clear-groups "
                             "--bounding-set -all --inh-caps -all ")
        self.assertTrue(finding["command"].startswith("sudo apiary doctor -i eth0 192.0.2.64/26"))
        self.assertEqual(self.ask(finding["command"])["privileges"]["verdict"], "ok")

    def test_as_in_a_container_of_docker(self):
        without = "setpriv --bounding-set -net_admin "
        self.assertIn("apiary run starts", self.found("privileges", "warn", self.doctor(),
                                                      without)["explanation"])
        self.found("kernel answers", "warn", self.doctor(), without)
        with self.doing(self.honeynet, "sysctl -qw net.ipv4.ip_forward=1",
                        "sysctl -qw net.ipv4.ip_forward=0"):
            self.found("forwarding", "fail", self.doctor(), without)

    def test_a_configuration_with_errors(self):
        path = self.lab.add_file("broken.conf", CONFIG + "bind 10.0.0.300 server\n", 0o644)
        finding = self.found("configuration", "fail", self.doctor(file=path))
        self.assertIn("broken.conf:7:6: ", finding["explanation"])
        told = self.shell(self.honeynet, finding["command"], check=False)
        self.assertIn("10.0.0.300", told.stdout)
        path.write_text(CONFIG)
        self.found("configuration", "ok", self.doctor(file=path))

    def test_a_configuration_that_cannot_be_loaded_again(self):
        path = self.lab.add_file("private.conf", CONFIG, 0o600)
        self.mend("configuration", "warn", self.doctor(file=path))

    def test_no_addresses(self):
        self.mend("addresses", "fail", self.doctor(nets=()))

    def test_limits(self):
        command = self.doctor()
        finding = self.found("limits", "warn", command, "ulimit -n 256; ")
        raised = f"ulimit -n 256; {finding['command']}"
        if self.honeynet.shell(raised, check=False).returncode != 0:
            self.skipTest("not even root may raise limits here: CAP_SYS_RESOURCE is missing")
        self.found("limits", "ok", command, raised + "; ")


class Interface(DoctorTest):
    def test_of_another_name(self):
        self.mend("interface", "fail", self.doctor(interface="eht0"))

    def test_down(self):
        with self.doing(self.honeynet, "ip link set eth0 down",
                        "ip link set eth0 up; ip route replace default via 192.0.2.254"):
            self.mend("interface", "fail", self.doctor())

    def test_no_link(self):
        with self.doing(self.honeynet, "ip link add v0 type veth peer name v1; ip link set v0 up",
                        "ip link del v0"):
            self.mend("link", "fail", self.doctor(interface="v0"))

    def test_no_link_that_this_machine_can_mend(self):
        with self.doing(self.switch, "ip link set port1 down", "ip link set port1 up"):
            finding = self.found("link", "fail", self.doctor())
            self.assertEqual(finding["command"], "")

    def bridged(self, mac):
        """Makes eth0 a port of br0, which gets its address, and this MAC address."""
        return self.doing(self.honeynet,
                          f"ip link add br0 type bridge; ip link set br0 address {mac} up;"
                          "ip address flush dev eth0; ip link set eth0 master br0;"
                          "ip address add 192.0.2.1/24 dev br0; ip route add default via 192.0.2.254",
                          "ip link del br0; ip address add 192.0.2.1/24 dev eth0;"
                          "ip route add default via 192.0.2.254")

    def test_a_port_of_a_bridge_answers_neighbours(self):
        with self.bridged("02:00:00:00:00:09"), self.daemon("-i", "eth0", NETS[0]):
            self.router.ip("neighbour", "flush", "dev", "eth0")
            self.assertTrue(self.reaches("192.0.2.77", self.real))
            self.mend("kind", "warn", self.doctor(nets=NETS[:1]))

    def test_a_port_of_a_bridge_is_not_what_routers_send_to(self):
        with self.bridged("02:00:00:00:00:09"), self.daemon("-i", "eth0", *NETS):
            self.router.ip("neighbour", "flush", "dev", "eth0")
            self.assertFalse(self.reaches())
            self.mend("kind", "fail", self.doctor())

    def test_a_port_of_a_bridge_with_the_same_mac_address(self):
        with self.bridged("$(cat /sys/class/net/eth0/address)"), self.daemon("-i", "eth0", *NETS):
            self.router.ip("neighbour", "flush", "dev", "eth0")
            self.assertTrue(self.reaches())
            self.mend("kind", "warn", self.doctor())

    def test_an_interface_that_is_not_there(self):
        finding = self.found("interface", "fail", self.doctor(interface="nope0"))
        self.assertIn("apiary doctor -i eth0 ", finding["command"])
        self.found("interface", "ok", finding["command"])

    def test_offloads(self):
        with self.doing(self.honeynet, "ethtool -K eth0 gro on", "ethtool -K eth0 gro off"):
            self.mend("offloads", "warn", self.doctor())

    def test_an_xdp_program(self):
        source = self.lab.add_file("pass.c", XDP_PROGRAM)
        lab.run("clang", "-O2", "-target", "bpf", "-c", source, "-o", self.lab.folder / "pass.o")
        with self.doing(self.honeynet, f"ip link set dev eth0 xdp obj {self.lab.folder}/pass.o sec xdp",
                        "ip link set dev eth0 xdp off"):
            self.mend("xdp", "warn", self.doctor())

    def test_no_tun_device(self):
        command = self.doctor(interface="tun:honey", nets=("10.0.0.0/8",))
        with self.in_another_view("mount -t tmpfs none /dev/net") as prefix:
            finding = self.found("interface", "fail", command, prefix)
            self.shell(self.honeynet, f"{prefix} sh -c '{finding['command']}'")
            self.found("interface", "ok", command, prefix)

    def test_wireless(self):
        """The interface is wireless only by its entry in /sys, so 4addr is not tested."""
        with self.files_of_the_kernel("mkdir /sys/class/net/eth0/wireless") as prefix:
            self.found("kind", "ok", self.doctor(file=self.file), prefix)
            finding = self.found("kind", "fail", self.doctor(file=self.mac_file), prefix)
            self.assertEqual(finding["command"], "iw dev eth0 set 4addr on")

    def test_not_ethernet(self):
        self.mend("interface", "fail", self.doctor(interface="lo", nets=("10.0.0.0/8",)))


class Addresses(DoctorTest):
    def test_that_are_this_machines_own(self):
        with self.doing(self.honeynet, "ip address add 192.0.2.77/24 dev eth0",
                        "ip address del 192.0.2.77/24 dev eth0"):
            self.mend("own addresses", "fail", self.doctor(file=self.file, nets=()))
        finding = self.found("own addresses", "fail", self.doctor(nets=("192.0.2.1",)))
        self.assertEqual(finding["command"], "")
        finding = self.found("own addresses", "ok", self.doctor(nets=("192.0.2.0/24",)))
        self.assertIn("192.0.2.1 belongs to this machine and is excluded", finding["explanation"])

    def test_that_are_a_real_machines(self):
        finding = self.mend("real machines", "warn", self.doctor(nets=("192.0.2.48/28",)))
        self.assertIn("192.0.2.50 belongs to a real machine", finding["explanation"])


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
