"""apiary doctor: the tests provoke each reason why packets do not arrive, check that the doctor finds it,
and fix it with the command that the doctor prints."""
import lab
from doctor_lab import CONFIG, NETS, DoctorTest

# An XDP program that passes all packets, for clang -target bpf.
XDP_PROGRAM = """
__attribute__((section("xdp"), used)) int pass(void *context) { return 2; }
char _license[] __attribute__((section("license"), used)) = "GPL";
"""


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
        result = self.shell(self.honeynet, finding["command"], check=False)
        self.assertIn("10.0.0.300", result.stdout)
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


if __name__ == "__main__":
    lab.main()
