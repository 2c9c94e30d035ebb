"""The sample session of README.md is real: the test runs its configuration and its visitor, and compares
the output with the README's, except for durations."""
import re
import unittest

import lab

HOST, VISITOR = "192.168.1.200", "192.0.2.9"


def blocks_of_readme():
    """The texts between lines of three backticks."""
    return re.findall(r"^```\w*\n(.*?)^```$", (lab.ROOT / "README.md").read_text(), re.M | re.S)


def without_times(line):
    """Removes what differs between machines: times, and p0f's name of this kernel."""
    return re.sub(r" \[Linux .*\]$", "", re.sub(r"\b[0-9.]+ (ms|s)\b", "TIME", line))


class ReadmeTest(lab.LabTest):
    arguments = ("-i", "inside")
    answers = HOST

    @classmethod
    def prepare(cls):
        cls.lab.copy_examples()
        (cls.lab.folder / "examples").symlink_to(".")  # the configuration is beside examples/
        cls.config = next(block for block in blocks_of_readme() if block.startswith("create server"))
        cls.sample = next(block for block in blocks_of_readme() if block.startswith(VISITOR))
        cls.attacker.ip("route", "add", HOST, "via", "192.0.2.1")

    def test_the_lines_of_the_sample(self):
        self.attacker.ip("address", "add", f"{VISITOR}/24", "dev", "outside")
        self.attacker.ip("route", "replace", HOST, "via", "192.0.2.1", "src", VISITOR)
        port = re.search(rf"{VISITOR}:(\d+) > ", self.sample)[1]
        agent = re.search(r'agent="(.*?)"', self.sample)[1]
        self.attacker.run("ping", "-n", "-c1", HOST)
        self.attacker.run("curl", "-s", "--noproxy", "*", "--local-port", port, "-A", agent,
                          f"http://{HOST}/")
        self.assertTrue(self.daemon.wait_for_log("closed"), self.daemon.log())
        said = [line[line.index(VISITOR):] for line in self.daemon.log().splitlines() if VISITOR in line]
        self.assertEqual([without_times(line) for line in said],
                         [without_times(line) for line in self.sample.splitlines()])


if __name__ == "__main__":
    lab.main()
