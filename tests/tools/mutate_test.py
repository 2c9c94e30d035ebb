"""tools/mutate finds what can change, compiles all of it into one program, and chooses one change at run time."""
import subprocess
import sys
import unittest

from repository import RepositoryTest

PYTHON = "/usr/bin/python3"  # Debian's, which has libclang
if subprocess.run([PYTHON, "-c", "import clang.cindex"], capture_output=True).returncode:
    print("skipped: python3-clang is not installed")
    sys.exit(77)

SOURCE = '''#include <algorithm>
#include <array>
#include <cassert>
#include <cstdio>
// a < b, 1 + 2
namespace sample {
constexpr int unused = 2, limit = 3;
constexpr int twice(int n) { return n * 2; }
struct Sequence {
  int value;
  bool operator==(const Sequence&) const = default;
  constexpr bool is_before(Sequence other) const { return value < other.value; }
  constexpr bool is_after(Sequence other) const { return value > other.value; }
};
class Counter {
 public:
  void add(int n) {
    assert(n < 7);
    __builtin_prefetch(&count_, 1);
    constexpr Sequence first{5}, second{6};
    if (!full_ && n > limit) return empty();
    count_ += n;
    full_ = std::min<int>(n, 5) == 5;
  }
  void prefetch_count() const { if (count_ > 3) __builtin_prefetch(this); }
  bool is_at(Sequence at) const { return Sequence{count_}.is_before(at); }
  int count_ = 4;
  bool full_ : 1 = false;
  int sums_[2];
  std::array<int, 2> last(std::array<int, 2> sums) { return sums; }
  int second() const { return std::get<1>(pair_); }
  const std::array<int, 2> pair_{};

 private:
  void empty() { count_ = 0; }
};
template <class T>
T larger(T a, T b) { return a < b ? b : a; }
}
int main() {
  sample::Counter counter;
  counter.add(3);
  counter.add(5);
  counter.add(1);
  std::printf("%d %d %d %d\\n", counter.count_, counter.full_, counter.is_at({1}), sample::larger(2, 1));
}
'''
AS_WRITTEN = "1 0 0 2"
EXPECTED = {  # mutant -> what the program prints with it
    "add: return empty(); -> return;": "8 0 0 2",
    "add: !full_ && n > limit -> !(!full_ && n > limit)": "0 1 1 2",
    "add: !full_ && n > limit -> !full_ || n > limit": "0 0 1 2",
    "add: !full_ -> full_": "13 0 0 2",
    "add: n > limit -> n >= limit": "1 0 0 2",
    "add: n > limit -> n > (limit + 1)": "1 0 0 2",
    "add: count_ += n; -> ;": "0 0 1 2",
    "add: count_ += n -> count_ -= n": "-1 0 1 2",
    "add: full_ = std::min<int>(n, 5) == 5; -> ;": "1 0 0 2",
    "add: std::min<int>(n, 5) == 5 -> std::min<int>(n, 5) != 5": "13 1 0 2",
    "add: std::min<int>(n, 5) == 5 -> std::min<int>(n, 5) == 6": "1 0 0 2",
    "add: std::min<int>(n, 5) -> std::max<int>(n, 5)": "13 1 0 2",
    "add: std::min<int>(n, 5) -> std::min<int>(n, 6)": "1 0 0 2",
    "is_at: Sequence{count_}.is_before(at) -> !(Sequence{count_}.is_before(at))": "1 0 1 2",
    "is_at: Sequence{count_}.is_before(at) -> !Sequence{count_}.is_after(at)": "1 0 1 2",
    "empty: count_ = 0; -> ;": "8 0 0 2",
    "empty: count_ = 0 -> count_ = 1": "2 0 0 2",
    "larger: a < b -> !(a < b)": "1 0 0 1",
    "larger: a < b -> a <= b": "1 0 0 2",
}
REWRITE = '''
import pathlib, sys
sys.path.insert(0, "tools")
import mutants
root, file = pathlib.Path.cwd(), "src/tcp/sample.cc"
found = mutants.find_mutants(root, [file])
text = mutants.rewrite((root / file).read_text(), found)
pathlib.Path("rewritten.cc").write_text('#include "tools/mutation.h"\\n' + text)
for mutant in found:
    print(mutant.number, mutant.key, sep="\\t")
'''


class Mutate(RepositoryTest):
    def setUp(self):
        super().setUp()
        self.add("src/tcp/sample.cc", SOURCE)

    def list_mutants(self, *arguments):
        status, output = self.tool("mutate", "--list", *arguments)
        self.assertEqual(0, status, output)
        return output.splitlines()

    def run_in_root(self, *command, **environment):
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, env={**environment} or None)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout.strip()

    def test_one_program_holds_all_mutants(self):
        listed = [line.split("\t") for line in self.run_in_root(PYTHON, "-B", "-c", REWRITE).splitlines()]
        names = {key.split("src/tcp/sample.cc ")[1].removeprefix("Counter::"): number for number, key in listed
                 if " main: " not in key}
        self.assertEqual(sorted(EXPECTED), sorted(names))
        self.run_in_root("clang++", "-std=c++20", "-I.", "-w", "rewritten.cc", "-o", "rewritten")
        self.assertEqual(AS_WRITTEN, self.run_in_root("./rewritten"))
        for name, expected in EXPECTED.items():
            with self.subTest(name):
                self.assertEqual(expected, self.run_in_root("./rewritten", APIARY_MUTANT=names[name]))

    def test_a_mutant_of_the_fortieth_file_is_seen(self):
        self.add("many.cc", '#include "tools/mutation.h"\nint main() { return mutation::flip<40000>(false); }\n')
        self.run_in_root("clang++", "-std=c++20", "-I.", "-w", "many.cc", "-o", "many")
        self.run_in_root("./many", APIARY_MUTANTS_SEEN=str(self.root / "seen"))
        self.assertEqual(1, (self.root / "seen").read_bytes()[40_000])

    def test_a_seed_draws_the_same_sample_evenly(self):
        self.add("src/tcp/small.cc", "bool is_odd(int n) { return n % 2 == 1; }\n")
        first = self.list_mutants("--sample", "6", "--seed", "5")
        self.assertEqual([3, 3], [sum(file in line for line in first) for file in ("sample.cc", "small.cc")])
        self.assertEqual(first, self.list_mutants("--sample", "6", "--seed", "5"))
        self.assertNotEqual(first, self.list_mutants("--sample", "6", "--seed", "6"))

    def test_sources_that_do_not_compile_are_an_error(self):
        self.add("src/tcp/broken.cc", "int f() { return unknown; }\n")
        status, output = self.tool("mutate", "--list")
        self.assertEqual(1, status)
        self.assertIn("broken.cc:1:18: error", output)


if __name__ == "__main__":
    unittest.main()
