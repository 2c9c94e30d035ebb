"""bench/instruction_gate compares with recorded figures; here with a fake valgrind that prints given
figures."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

GATE = pathlib.Path(__file__).resolve().parents[2] / "bench/instruction_gate"
VALGRIND = """#!/bin/bash
echo "compiler $COMPILER"
printf 'packets 100\\nreplies 100\\nallocations %s\\n' "$ALLOCATIONS"
echo "Collected : $INSTRUCTIONS" >&2
"""


class InstructionGate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        shutil.copy(GATE, self.folder)
        (self.folder / "valgrind").write_text(VALGRIND)
        (self.folder / "valgrind").chmod(0o755)

    def run_gate(self, instructions, allocations=0, compiler="g++ 1", arguments=()):
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "INSTRUCTIONS": str(instructions),
                       "ALLOCATIONS": str(allocations), "COMPILER": compiler}
        done = subprocess.run([self.folder / "instruction_gate", self.folder, *arguments], env=environment,
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_tolerance(self):
        self.assertEqual(0, self.run_gate(100_000, arguments=["--record"])[0])
        for instructions, allocations, status in [(100_000, 0, 0), (102_900, 0, 0), (97_100, 0, 0), (103_200, 0, 1),
                                                  (96_800, 0, 1), (100_000, 1, 1)]:
            with self.subTest(instructions=instructions, allocations=allocations):
                self.assertEqual(status, self.run_gate(instructions, allocations)[0])

    def test_each_compiler_has_its_figures(self):
        self.run_gate(100_000, arguments=["--record"])
        self.run_gate(200_000, compiler="g++ 2", arguments=["--record"])
        self.assertEqual(["g++ 1", "g++ 2"], list(json.loads((self.folder / "instructions.json").read_text())))
        self.assertEqual(0, self.run_gate(200_000, compiler="g++ 2")[0])
        self.assertEqual(1, self.run_gate(200_000)[0])

    def test_an_unknown_compiler_is_not_compared_but_reported(self):
        status, output = self.run_gate(100_000)
        self.assertEqual(0, status)
        self.assertIn("NOT TESTED", output)

    def test_nothing_collected_is_an_error(self):
        status, output = self.run_gate(0)
        self.assertEqual(1, status)
        self.assertIn("cannot be measured", output)


if __name__ == "__main__":
    unittest.main()
