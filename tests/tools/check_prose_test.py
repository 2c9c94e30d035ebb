"""tools/check_prose finds the words of its list on changed lines, only in prose."""
import unittest

from repository import RepositoryTest


class CheckProse(RepositoryTest):
    def test_finds_words_where_people_read(self):
        for path, text in {
                "a comment": ("src/host/a.cc", "int x;  // anew\n"),
                "a block comment": ("src/host/a.h", "/* goes\n   over to */\n"),
                "a phrase over two comment lines": ("src/host/a.h", "/// as\n/// of now\n"),
                "a string": ("src/host/a.cc", 'auto text = "seen at once";\n'),
                "a raw string": ("src/host/a.cc", 'auto text = R"(lest\n)";\n'),
                "a page of the documentation": ("docs/a.md", "Whom it concerns.\n"),
                "Python": ("tools/a.py", '"""So many."""\n'),
                "a shell comment": ("tools/a", "#!/bin/bash\ntrue  # told\n"),
                "CMake": ("cmake/A.cmake", "# built anew\n"),
                "a packet script": ("tests/a.pkt", "// five of which\n+0 < S 1:1(0)\n"),
                "a page's script": ("web/a.ts", "const a = `told`;\n"),
                "a manual page": ("packaging/a.8", ".B told\n"),
        }.values():
            with self.subTest(path=path, text=text):
                self.add(path, text)
                status, output = self.tool("check_prose", "HEAD")
                self.assertEqual(1, status, output)
                self.assertIn(f"{path}:", output)
                (self.root / path).unlink()

    def test_passes_code_and_other_words(self):
        for path, text in {
                "an identifier": ("src/host/a.cc", "int told; char c = '\"'; int anew;\n"),
                "part of a word": ("src/host/a.cc", "// upstream, molest, retold\n"),
                "code in prose": ("docs/a.md", "Use `told_` and\n```\ntold\n```\n"),
                "the list itself": ("tools/prose_words", "told | x\n"),
                "other people's words": ("findings/a.md", "It told.\n"),
                "bytes": ("a.bin", "told\0"),
        }.values():
            with self.subTest(path=path, text=text):
                self.add(path, text)
                self.assertEqual((0, ""), self.tool("check_prose", "HEAD"))
                self.git("checkout", "-q", ".")
                self.git("clean", "-qfd")

    def test_old_lines_pass(self):
        self.add("docs/a.md", "It was told.\nSecond.\n")
        self.commit("docs: add a page")
        self.add("docs/a.md", "It was told.\nBetter.\n")
        self.commit("docs: better the page")
        self.assertEqual((0, ""), self.tool("check_prose", "HEAD~1"))
        status, output = self.tool("check_prose", "HEAD~2")
        self.assertEqual((1, 'docs/a.md:1: "told"'), (status, output[:19]))

    def test_ignored_commits_make_no_line_young(self):
        self.add("src/host/tcp.cc", "int old;  // told\n")
        self.commit("host: add a remark")
        self.add("src/host/tcp.cc", "int young;  // told\n")
        self.commit("host: rename old to young")
        self.add(".git-blame-ignore-revs", self.git("rev-parse", "HEAD") + "\n")
        self.commit("build: list the rename")
        self.assertEqual((0, ""), self.tool("check_prose", "HEAD~2"))

    def test_a_branch_is_compared_with_where_it_left_main(self):
        self.git("checkout", "-q", "-b", "branch")
        self.add("docs/a.md", "It was told.\n")
        self.commit("docs: add a page")
        self.commit("docs: add nothing")
        status, output = self.tool("check_prose")
        self.assertEqual(1, status, output)

    def test_finds_words_in_subjects(self):
        self.commit("host: count the ports anew")
        status, output = self.tool("check_prose", "HEAD~1")
        self.assertEqual(1, status)
        self.assertIn('"anew" in "host: count the ports anew"', output)

    def test_without_history_there_is_nothing_to_compare(self):
        status, output = self.tool("check_prose")
        self.assertEqual(0, status)
        self.assertIn("nothing to compare with", output)
        self.assertNotEqual(0, self.tool("check_prose", "no-such-revision")[0])


if __name__ == "__main__":
    unittest.main()
