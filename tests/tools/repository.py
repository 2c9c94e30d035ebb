"""A git repository of its own in a temporary folder, with a copy of tools/."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class RepositoryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="apiary-repository-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        shutil.copytree(ROOT / "tools", self.root / "tools")
        self.add("src/host/tcp.cc", "int old;\n")
        self.git("init", "-q", "-b", "main")
        self.commit("host: begin")

    def git(self, *arguments):
        done = subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.hooksPath=/dev/null",
             *arguments], cwd=self.root, capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout.strip()

    def add(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message)

    def tool(self, name, *arguments):
        """(exit status, output) of a tool."""
        done = subprocess.run([self.root / "tools" / name, *arguments], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr
