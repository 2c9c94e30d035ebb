"""tools/check_version compares the versions of CMakeLists.txt and CHANGELOG.md."""
import unittest

from repository import RepositoryTest


class CheckVersion(RepositoryTest):
    def test_versions(self):
        for name, lists, changelog, status in [
                ("the same", "project(apiary VERSION 1.2.0 LANGUAGES CXX)", "## 1.2.0 – 2026-01-01\n\n## 1.1.0\n", 0),
                ("changes since", "project(apiary VERSION 1.2.0)", "## Next\n\n## 1.2.0\n", 0),
                ("an older one", "project(apiary VERSION 1.2.0)", "## 1.1.0\n\n## 1.2.0\n", 1),
                ("none", "project(apiary VERSION 1.2.0)", "# Changelog\n", 1),
                ("none built", "project(apiary)", "## 1.1.0\n", 1),
        ]:
            with self.subTest(name):
                self.add("CMakeLists.txt", lists + "\n")
                self.add("CHANGELOG.md", changelog)
                self.assertEqual(status, self.tool("check_version")[0])


if __name__ == "__main__":
    unittest.main()
