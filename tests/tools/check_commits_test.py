"""tools/check_commits and the commit-msg hook hold messages to `area: imperative`."""
import subprocess
import unittest

from repository import RepositoryTest

GOOD = ["host: refuse a bare FIN", "docs: list every limit", "host, tools: pass the time", "lab: bring up eth0",
        "test: need no network", 'Revert "told"', "fixup! anything", "build: embed the page",
        "tools: address a review"]
BAD = {"no area": "Refuse a bare FIN",
       "an unknown area": "kitchen: refuse a bare FIN",
       "one of two areas unknown": "host, kitchen: refuse a bare FIN",
       "past tense": "host: refused a bare FIN",
       "third person": "host: refuses a bare FIN",
       "a gerund": "host: refusing a bare FIN",
       "a noun phrase": "host: a bare FIN is refused",
       "an option": "host: --strict refuses it",
       "a number": "host: 3 bare FINs",
       "a full stop": "host: refuse a bare FIN.",
       "73 columns": "host: refuse " + "x" * 60}


class CheckCommits(RepositoryTest):
    def setUp(self):
        super().setUp()
        (self.root / "docs").mkdir()

    def test_messages(self):
        message = self.root / "message"
        for subject in GOOD:
            with self.subTest(subject=subject):
                message.write_text(subject + "\n\nBecause.\n# a comment of git's\n")
                self.assertEqual((0, ""), self.tool("check_commits", "--message", message))
        for name, subject in BAD.items():
            with self.subTest(name):
                message.write_text(subject + "\n")
                self.assertEqual(1, self.tool("check_commits", "--message", message)[0])
        message.write_text("host: refuse a bare FIN\nBecause.\n")
        self.assertIn("second line", self.tool("check_commits", "--message", message)[1])

    def test_72_columns_fit(self):
        message = self.root / "message"
        message.write_text("host: refuse " + "x" * 59)
        self.assertEqual((0, ""), self.tool("check_commits", "--message", message))

    def test_history(self):
        for subject in [*GOOD, *BAD.values()]:
            self.commit(subject)
        status, output = self.tool("check_commits", f"HEAD~{len(BAD)}")
        self.assertEqual(1, status)
        for subject in BAD.values():
            self.assertIn(f'"{subject}"', output)
        self.git("reset", "-q", "--hard", f"HEAD~{len(BAD)}")
        self.assertEqual((0, ""), self.tool("check_commits", f"HEAD~{len(GOOD)}"))

    def test_hook(self):
        def commit(subject):
            return subprocess.run(
                ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.hooksPath=tools/hooks",
                 "commit", "--allow-empty", "-m", subject], cwd=self.root, capture_output=True, text=True)
        refused = commit("host: refused it")
        self.assertNotEqual(0, refused.returncode)
        self.assertIn("imperative", refused.stderr)
        self.assertEqual(0, commit("host: refuse it").returncode)


if __name__ == "__main__":
    unittest.main()
