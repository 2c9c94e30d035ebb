"""The paper's Figure 5, verbatim, with the scripts in examples/."""
import unittest

import lab


class Figure5(lab.LabTest):
    config = "figure5.conf"
    answers = "10.0.0.1"

    @classmethod
    def prepare(cls):
        cls.lab.copy_examples()

    def test_a_page_from_the_web_server(self):
        output = self.attacker.run("curl", "-si", "--max-time", "10", "http://10.1.0.2/").stdout
        self.assertRegex(output, r"^HTTP/1\.[01] 200 ")
        self.assertIn("<html", output.lower())

    def test_a_page_that_is_not_there(self):
        output = self.attacker.run("curl", "-si", "--max-time", "10",
                                   "http://10.1.0.2/no/such/page").stdout
        self.assertRegex(output, r"^HTTP/1\.[01] 404 ")

    def test_a_login_at_the_router(self):
        output = self.attacker.shell(
            "(sleep 1; echo admin; sleep 1; echo letmein; sleep 1) | telnet 10.0.0.1",
            check=False).stdout
        self.assertRegex(output, r"(?is)(ogin|sername):.*assword:")
        self.assertTrue(self.daemon.wait_for_log("admin"))  # the login attempt is in the log
        self.assertTrue(self.daemon.wait_for_log("letmein"))

    def test_ssh_leads_back_to_the_visitor(self):
        with self.attacker.listen(22) as listener, \
                self.attacker.connect("10.1.0.2", 22) as connection:
            accepted, _ = listener.accept()
            accepted.sendall(b"SSH-2.0-yours\r\n")
            self.assertEqual(connection.recv(100), b"SSH-2.0-yours\r\n")
            accepted.close()

    def test_closed_ports_are_reset(self):
        for address in ("10.0.0.1", "10.1.0.2"):
            with self.subTest(address), self.assertRaises(ConnectionRefusedError):
                self.attacker.connect(address, 1)

    def test_the_log_says_which_personalities_stand_for_the_papers(self):
        self.assertIn("Cisco 7206 running IOS 11.1(24)", self.daemon.log())
        self.assertIn("NetBSD 1.5.2 running on a Commodore Amiga", self.daemon.log())


class AllExamples(lab.LabTest):
    def test_they_pass_the_check(self):
        self.lab.copy_examples()
        configs = sorted(self.lab.folder.glob("*.conf"))
        self.assertTrue(configs)
        for config in configs:
            with self.subTest(config.name):
                self.assertEqual(lab.run(lab.BINARY, "check", config, check=False).returncode, 0)


if __name__ == "__main__":
    lab.main()
