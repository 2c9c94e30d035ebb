"""The output of tools/generate works: bash completes with it, and man renders it."""
import json
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
APIARY = sys.argv.pop()

# Completes the words after it as bash does, which splits at "=" too.
COMPLETE = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
compopt() { :; }
_apiary
printf '%s\\n' "${COMPREPLY[@]}"
"""


def describe():
    return json.loads(subprocess.run([APIARY, "--describe"], check=True, capture_output=True).stdout)


def complete(*words):
    done = subprocess.run(["bash", "-c", COMPLETE, "bash", ROOT / "packaging/completion/apiary.bash", APIARY,
                           *words], capture_output=True, text=True, cwd=ROOT)
    assert not done.stderr, done.stderr
    return set(done.stdout.split())


class Completion(unittest.TestCase):
    def test_every_command_and_option_is_offered(self):
        program = describe()["program"]
        for command in program["commands"]:
            self.assertIn(command["name"], complete(""))
            leaves = command["commands"] or [None]
            for leaf in leaves:
                words = [command["name"]] + ([leaf["name"]] if leaf else [])
                offered = complete(*words, "-")
                for option in (leaf or command)["options"]:
                    self.assertLessEqual(set(option["names"]), offered, words)
                    if "choices" in option:
                        self.assertEqual(complete(*words, option["names"][-1], ""), set(option["choices"]))

    def test_values_and_arguments(self):
        for words, some in {
                ("run", "-f", "README"): {"README.md"}, ("run", "--arp", "="): {"ask", "force", "off"},
                ("run", "--arp", "=", "o"): {"off"}, ("run", "-i", "l"): {"lo"},
                ("run", "--service-user", "nob"): {"nobody"}, ("check", "README"): {"README.md"},
                ("check", "--json", "README"): {"README.md"}, ("explain", "x", "10.0.0.1", ""): {"tcp", "udp", "icmp"},
                ("explain", "--key", "a", "x", "10.0.0.1", "t"): {"tcp"}, ("personality", "sh"): {"show"},
                ("ctl", ""): {"status", "leases", "bind", "set"}, ("ctl", "--json", "st"): {"status"},
                ("help", "per"): {"personality"}, ("events", "--type", "sc"): {"scan"},
                ("topology", "--svg", "README"): {"README.md"}}.items():
            with self.subTest(words=words):
                self.assertLessEqual(some, complete(*words))

    def test_where_nothing_is_known_nothing_is_offered(self):
        for words in (("run", "--key", ""), ("events", "--since", ""), ("events", "-f", "README"), ("top", "x"),
                      ("explain", "x", "")):
            with self.subTest(words=words):
                self.assertEqual(complete(*words), set())


class Manual(unittest.TestCase):
    def test_it_renders_without_complaint_and_has_every_option(self):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-P-cbou", ROOT / "packaging/man/apiary.8"],
                              capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        for command in describe()["program"]["commands"]:
            for option in command["options"]:
                if "--help" not in option["names"]:
                    self.assertIn(option["names"][-1], done.stdout)


if __name__ == "__main__":
    unittest.main()
