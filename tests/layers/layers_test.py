"""tools/check_layers finds violations of the dependency rule, and only these."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

MODULES = """\
apiary_module(base)
apiary_module(wire        DEPENDS base)
# -- the I/O line: nothing above it makes a system call --
apiary_module(device      THREADS DEPENDS wire base)
apiary_module(service     DEPENDS base)
"""


def check(files):
    """The output of check_layers for a tree of these files, and its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "CMakeLists.txt").write_text(MODULES)
        for name, text in files.items():
            (root / "src" / name).parent.mkdir(parents=True, exist_ok=True)
            (root / "src" / name).write_text(text)
        done = subprocess.run([ROOT / "tools/check_layers", root], capture_output=True, text=True)
        return done.stdout, done.returncode


class CheckLayers(unittest.TestCase):
    def test_accepts_what_the_rule_allows(self):
        allowed = {
            "base/bytes.h": "#include <span>\n",
            "wire/tcp.cc": '#include "wire/tcp.h"\n#include "base/bytes.h"\n',
            "device/tun.cc": '#include <sys/ioctl.h>\n#include <thread>\n#include "wire/frame.h"\n',
            "service/a.cc": "#include <thread>\nstd::this_thread::sleep_for(pause);\n",
            "base/bytes_test.cc": "#include <sys/socket.h>\n#include <nlohmann/json.hpp>\n",
            "service/b.cc": "daemon.dump(reply);\n",
            "base/time.h": "// not steady_clock: time is an argument\nDuration run_time(int);\n",
        }
        self.assertEqual(check(allowed), ("", 0))

    def test_finds_types_of_one_name(self):
        wrap = "namespace apiary {{\n{}\n}}  // namespace apiary\n".format
        output, status = check({"base/a.h": wrap("struct Filter {\n};"), "wire/b.h": wrap("class Filter {\n};")})
        self.assertIn("src/wire/b.h: a type Filter is in base/a.h as well", output)
        self.assertEqual(status, 1)
        apart = "namespace events {\nstruct Filter {\n};\n}  // namespace events"
        self.assertEqual(check({"base/a.h": wrap("struct Filter {\n};\nclass Other;"), "wire/b.h": wrap(apart),
                                "wire/c.h": wrap("class Other;\nclass Other {\n};")}), ("", 0))

    def test_keeps_private_headers_in_their_folder(self):
        include = '#include "wire/ipv4.h"\n'
        self.assertEqual(check({"wire/ip.cc": include, "wire/ipv4_test.cc": include, "wire/testing/ip.h": include,
                                "device/a.cc": '#include "wire/ip.h"\n// #include "wire/ipv4.h"\n'}), ("", 0))
        for file in ["device/a.cc", "device/a_test.cc", "device/testing/a.h", "../tests/simulation/a.cc",
                     "../bench/wire/a.cc"]:
            with self.subTest(file):
                output, status = check({file: include})
                self.assertIn(":1: wire/ipv4.h is private to wire/: include wire/ip.h", output)
                self.assertEqual(status, 1)

    def test_finds_what_it_forbids(self):
        for name, file, text, said in [
            ("a folder not named", "wire/tcp.h", '#include "device/tun.h"\n',
             "src/wire/tcp.h:1: wire/ may not include device/"),
            ("a folder below, in a test", "base/a_test.cc", '\n#include "wire/tcp.h"\n',
             "src/base/a_test.cc:2: base/ may not include wire/"),
            ("an indented include", "base/a.h", ' # include "wire/tcp.h"\n', "may not include wire/"),
            ("a thread in a folder without them", "service/a.cc", "std::thread run(f);\n", "a thread in a folder"),
            ("a lock in a folder without them", "service/a.h", "#include <mutex>\n",
             "<mutex> in a folder without THREADS"),
            ("threads", "wire/a.h", "#include <thread>\n", "<thread> above the I/O line"),
            ("system calls", "wire/a.h", "#include <unistd.h>\n", "<unistd.h> above"),
            ("sockets", "wire/a.h", "#include <sys/socket.h>\n", "<sys/socket.h> above"),
            ("addresses of sockets", "wire/a.h", "#include <netinet/in.h>\n", "<netinet/in.h> above"),
            ("files", "wire/a.h", "#include <fstream>\n", "<fstream> above"),
            ("the terminal", "wire/a.h", "#include <iostream>\n", "<iostream> above"),
            ("the wall clock", "base/a.cc", "auto t = std::chrono::system_clock::now();\n",
             "system_clock above"),
            ("the steady clock", "base/a.cc", "using Clock = std::chrono::steady_clock;\n",
             "steady_clock above"),
            ("the C clock", "base/a.cc", "srand(time(nullptr));\n", "time(nullptr) above"),
            ("POSIX's clock", "base/a.cc", "clock_gettime(CLOCK_REALTIME, &t);\n", "clock_gettime above"),
            ("a reader of JSON that is not listed", "service/a.cc", "#include <nlohmann/json.hpp>\n",
             "write with base/json_writer.h"),
            ("JSON that another library writes", "service/a.cc", "text = json.dump(2);\n", "writes JSON"),
            ("JSON in order", "service/a.cc", "nlohmann::ordered_json list;\n", "writes JSON"),
            ("a folder of no module", "extra/a.cc", "", "does not know the folder extra/"),
        ]:
            with self.subTest(name):
                output, status = check({file: text})
                self.assertIn(said, output)
                self.assertEqual(status, 1)


if __name__ == "__main__":
    unittest.main()
