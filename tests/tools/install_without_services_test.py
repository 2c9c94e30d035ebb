"""tools/install_without_services keeps newly installed services from starting.

A folder replaces /, and programs in a folder of PATH replace apt-get, dpkg-query, systemctl and
update-rc.d. This apt-get "installs" a package with a service as Debian's maintainer scripts do.
"""
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Installed packages: a folder for each with its list of files and its priority.
DPKG_QUERY = """#!/bin/sh
if [ "$1" = -L ]; then cat "$APIARY_ROOT/packages/$2/list"; exit; fi
for package in "$APIARY_ROOT"/packages/*; do
  echo "$(basename "$package") installed $(cat "$package/priority")"
done
"""

# Installs: enables the service and starts it if policy-rc.d permits.
APT_GET = """#!/bin/bash
echo "$*" >> "$APIARY_ROOT/apt"
[[ -e $APIARY_ROOT/no-lists && $1 == install ]] && exit 100
[[ $1 == update ]] && { rm -f "$APIARY_ROOT/no-lists"; exit; }
[[ -e $APIARY_ROOT/broken ]] && { echo "E: no space left"; exit 100; }
for package in "${@:4}"; do
  mkdir -p "$APIARY_ROOT/packages/$package"
  printf '%s\\n' "/lib/systemd/system" "/lib/systemd/system/$package.service" \\
    "/etc/init.d/$package" "/usr/bin/$package" > "$APIARY_ROOT/packages/$package/list"
  priority=optional; [[ $package == systemd ]] && priority=important
  echo $priority > "$APIARY_ROOT/packages/$package/priority"
  touch "$APIARY_ROOT/lib/systemd/system/$package.service" "$APIARY_ROOT/etc/init.d/$package"
  ln -sf "/lib/systemd/system/$package.service" \\
    "$APIARY_ROOT/etc/systemd/system/multi-user.target.wants/$package.service"
done
for service in "${@:4}" old; do
  "$APIARY_ROOT/usr/sbin/policy-rc.d" "$service.service" restart
  [[ $? == 101 ]] || echo "$service" >> "$APIARY_ROOT/started"
done
[[ -e $APIARY_ROOT/interrupt ]] && kill -TERM "$PPID" && sleep 1
exit 0
"""

RECORD = """#!/bin/sh
echo "$(basename "$0") $*" >> "$APIARY_ROOT/calls"
"""


class InstallWithoutServices(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for path in ("usr/sbin", "lib/systemd/system", "etc/init.d", "packages/old", "bin",
                     "etc/systemd/system/multi-user.target.wants"):
            (self.root / path).mkdir(parents=True)
        (self.root / "packages/old/list").write_text("/lib/systemd/system/old.service\n")
        (self.root / "packages/old/priority").write_text("optional\n")
        (self.root / "lib/systemd/system/old.service").touch()
        self.wants = self.root / "etc/systemd/system/multi-user.target.wants"
        (self.wants / "old.service").touch()
        for name, text in {"dpkg-query": DPKG_QUERY, "apt-get": APT_GET, "systemctl": RECORD,
                           "update-rc.d": RECORD}.items():
            (self.root / "bin" / name).write_text(text)
            (self.root / "bin" / name).chmod(0o755)
        self.policy = self.root / "usr/sbin/policy-rc.d"

    def install(self, *packages):
        return subprocess.run(
            [ROOT / "tools/install_without_services", *packages], capture_output=True, text=True,
            env={"PATH": f"{self.root}/bin:{os.environ['PATH']}", "APIARY_ROOT": str(self.root)})

    def read(self, name):
        path = self.root / name
        return path.read_text().splitlines() if path.exists() else []

    def test_a_new_service_starts_neither_now_nor_at_the_next_boot(self):
        done = self.install("bird2", "prometheus")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual(self.read("started"), ["old"])
        self.assertEqual([path.name for path in self.wants.iterdir()], ["old.service"])
        self.assertIn("update-rc.d bird2 disable", self.read("calls"))
        self.assertNotIn("update-rc.d old disable", self.read("calls"))
        self.assertFalse(self.policy.exists())

    def test_where_systemd_runs_it_is_asked(self):
        (self.root / "run/systemd/system").mkdir(parents=True)
        self.install("prometheus")
        self.assertIn("systemctl --quiet disable --now prometheus.service", self.read("calls"))
        self.assertFalse(any("old" in call for call in self.read("calls")))

    def test_what_belongs_to_every_debian_stays_as_it_comes(self):
        self.install("systemd")
        self.assertTrue((self.wants / "systemd.service").is_symlink())

    def test_a_service_that_was_there_before_stays(self):
        self.install("old")
        self.assertEqual([path.name for path in self.wants.iterdir()], ["old.service"])
        self.assertEqual(self.read("started"), ["old", "old"])

    def test_lists_that_are_missing_are_fetched(self):
        (self.root / "no-lists").touch()
        self.assertEqual(self.install("bird2").returncode, 0)
        self.assertEqual(self.read("started"), ["old"])
        self.assertEqual(self.read("apt")[1], "update")

    def test_the_policy_of_others_comes_back(self):
        for interrupted in (False, True):
            with self.subTest(interrupted=interrupted):
                if interrupted:
                    (self.root / "interrupt").touch()
                self.policy.write_text("#!/bin/sh\nexit 101\n")
                done = self.install("bird2")
                self.assertEqual(done.returncode, 143 if interrupted else 0)
                self.assertEqual(self.policy.read_text(), "#!/bin/sh\nexit 101\n")
                self.assertEqual(list(self.root.glob("usr/sbin/*")), [self.policy])

    def test_a_failure_says_what_apt_said_and_leaves_no_policy(self):
        (self.root / "broken").touch()
        done = self.install("bird2")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no space left", done.stderr)
        self.assertFalse(self.policy.exists())

    def test_what_a_killed_run_left_is_mended(self):
        (self.root / "usr/sbin/policy-rc.d.before-apiary").write_text("theirs\n")
        self.policy.write_text("# Made by tools/install_without_services\nexit 101\n")
        self.install("bird2")
        self.assertEqual(self.policy.read_text(), "theirs\n")

    def test_a_policy_whose_run_was_killed_forbids_nothing(self):
        (self.root / "bin/apt-get").write_text('#!/bin/sh\ncp "$APIARY_ROOT"/usr/sbin/policy-rc.d '
                                               '"$APIARY_ROOT"/copy\n')
        self.install("bird2")
        self.assertEqual(subprocess.run(["sh", self.root / "copy", "new", "start"]).returncode, 104)


unittest.main()
