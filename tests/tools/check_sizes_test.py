"""tools/check_sizes finds source files that are too long."""
import unittest

from repository import RepositoryTest


class CheckSizes(RepositoryTest):
    def test_sizes(self):
        for name, files, status in [
                ("at the bound", {"src/tcp/a.cc": 350}, 0),
                ("longer", {"src/tcp/a.cc": 351}, 1),
                ("with its header", {"src/tcp/a.cc": 300, "src/tcp/a.h": 51}, 1),
                ("with another header", {"src/tcp/a.cc": 300, "src/tcp/b.h": 51}, 0),
                ("a test", {"tests/system/a_test.py": 351}, 1),
                ("a script without a suffix", {"tools/a": 351}, 1),
                ("not a source", {"docs/a.md": 2000, "src/a.json": 2000}, 0),
        ]:
            with self.subTest(name):
                for path, lines in files.items():
                    self.add(path, "x\n" * lines)
                code, output = self.tool("check_sizes")
                self.assertEqual(status, code, output)
                for path in files:
                    (self.root / path).unlink()

    def test_names_the_file(self):
        self.add("src/tcp/a.cc", "x\n" * 400)
        self.assertIn("src/tcp/a: 400 lines", self.tool("check_sizes")[1])


if __name__ == "__main__":
    unittest.main()
