"""Results of real nmap and p0f for a sample of the personalities, with the programs in bench/."""
import os
import re
import unittest

import lab

SAMPLE, SEED = 200, 7


class Fidelity(unittest.TestCase):
    """The thresholds are a little below those of bench/, as the machine has other load."""

    def judge(self, program, *options):
        if not os.path.exists("/usr/share/nmap/nmap-os-db"):
            self.skipTest("nmap-common is not installed")
        return lab.run(lab.ROOT / "bench" / program, "--binary", lab.BINARY, "--sample", SAMPLE,
                       "--seed", SEED, "--misses", os.devnull, *options, check=False,
                       timeout=240).stdout

    def test_nmap_names_what_is_configured(self):
        said = self.judge("fidelity")
        found = re.search(rf"name listed at 100 % +(\d+) of {SAMPLE}", said)
        self.assertTrue(found, said)
        self.assertGreaterEqual(int(found[1]), 0.97 * SAMPLE, said)

    def test_p0f_names_the_same_family(self):
        said = self.judge("p0f_agreement")
        found = re.search(r"where it names one: (\d+) of (\d+)", said)
        self.assertTrue(found, said)
        self.assertGreater(int(found[2]), SAMPLE / 8, said)
        self.assertGreaterEqual(int(found[1]), 0.93 * int(found[2]), said)


if __name__ == "__main__":
    lab.main()
