#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "service/testing/service_fixture.h"

namespace apiary {
namespace {

using ServiceProcess = ServiceTest;

TEST_F(ServiceProcess, AProgramThatCannotRunFailsWithANote) {
  write_script("unreadable", "x");
  chmod((directory + "/unreadable").c_str(), 0644);
  write_script("no-interpreter", "#!/does/not/exist\n");
  struct Case {
    const char *name, *command, *note;
  };
  for (const Case& c : {
           Case{"no such program", "no-such-program", "cannot run it: No such file or directory"},
           Case{"no such file", "./nothing", "cannot run it: No such file or directory"},
           Case{"not executable", "./unreadable", "cannot run it: Permission denied"},
           Case{"its interpreter is missing", "./no-interpreter", "cannot run it: No such file"},
           Case{"a directory", "/tmp", "cannot run it: Permission denied"},
           Case{"no command", "  ", "no command"},
       }) {
    SCOPED_TRACE(c.name);
    notes.texts.clear();
    const SessionId session = open_script(c.command);
    deliver(session, "input");
    run_until_ended(session);
    EXPECT_EQ(received[session.value].failed, 1);
    EXPECT_EQ(received[session.value].ended, 0);
    EXPECT_TRUE(notes.contain(c.note)) << ::testing::PrintToString(notes.texts);
  }
  EXPECT_EQ(runner->session_count(), 0u);
  EXPECT_EQ(runner->process_count(), 0u);
}

TEST_F(ServiceProcess, TheEnvironmentHasOnlyDocumentedVariables) {
  setenv("SECRET", "of the daemon", 1);
  open_script("env");
  run_until_ended({1});
  EXPECT_EQ(received[1].output,
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
            "HOME=/\nLANG=C\nHONEYD_HOME=" +
                directory +
                "\n"
                "HONEYD_IP_SRC=192.0.2.1\nHONEYD_IP_DST=10.0.0.5\n"
                "HONEYD_SRC_PORT=4000\nHONEYD_DST_PORT=23\n"
                "HONEYD_INTERFACE=eth0\nHONEYD_REMOTE_OS=Hive OS 3.x\n"
                "HONEYD_PERSONALITY=Cisco 7206 running IOS 11.1(24)\n"
                "HONEYD_TEMPLATE_NAME=router\nAPIARY_HOST_NAME=core.example.org\n");
}

TEST_F(ServiceProcess, VariablesInTheCommandAreExpandedWithoutAShell) {
  open_script("echo $ipsrc $ipdst  $sport $dport $name $other ; `id`");
  run_until_ended({1});
  EXPECT_EQ(received[1].output, "192.0.2.1 10.0.0.5 4000 23 core.example.org $other ; `id`\n");
}

TEST_F(ServiceProcess, QuotesInTheCommandGroupWordsAsInAShell) {
  open_script(R"(printf '<%s>' "from $ipsrc" '$ipsrc' a\ b "" it\'s)");
  run_until_ended({1});
  EXPECT_EQ(received[1].output, "<from 192.0.2.1><$ipsrc><a b><><it's>");
}

TEST_F(ServiceProcess, AProcessStartsWithLimitsAndWithoutPrivilege) {
  write_script("self",
               "#!/bin/sh\nexec 2>&1\npwd\nls /proc/self/fd | wc -l\nulimit -n\nulimit -c\n"
               "nice\nid -u\ngrep -E 'NoNewPrivs|Sig(Ign|Blk)' /proc/self/status\n");
  signal(SIGUSR1, SIG_IGN);
  restart({});
  signal(SIGUSR1, SIG_DFL);
  open_script("./self");
  run_until_ended({1});
  const std::string user = geteuid() == 0 ? "2000000000" : std::to_string(geteuid());
  EXPECT_EQ(received[1].output, directory + "\n4\n64\n0\n10\n" + user +
                                    "\nSigBlk:\t0000000000000000\n"
                                    "SigIgn:\t0000000000000000\nNoNewPrivs:\t1\n");
}

TEST_F(ServiceProcess, ATemplateSetsTheUserAndOpenFilesOfItsPrograms) {
  write_script("self", "#!/bin/sh\nid -u\nid -g\nid -G\nulimit -n\n");
  chmod(directory.c_str(), 0755);
  const auto open_as = [&](const ServicePrivileges& privileges) {
    const SessionId session = open(Script{"./self"}, IpProtocol::tcp, plenty, privileges);
    run_until_ended(session);
    return received[session.value];
  };
  EXPECT_TRUE(open_as({{}, {}, 35}).output.ends_with("\n35\n"));
  if (geteuid() != 0) {
    EXPECT_EQ(open_as({4321, {}, {}}).failed, 1);
    EXPECT_TRUE(notes.contain("cannot become the services' user"));
    return;
  }
  EXPECT_EQ(open_as({4321, 4322, 500}).output, "4321\n4322\n4322\n500\n");
  EXPECT_TRUE(open_as({4321, {}, {}}).output.starts_with("4321\n20000")) << "the sandbox's group";
  EXPECT_EQ(open_as({1234, {}, {}}).failed, 1);
  EXPECT_EQ(open_as({4321, 1234, {}}).failed, 1) << "a group of others";
  EXPECT_TRUE(notes.contain("not allowed by --allow-uid"));
}

TEST_F(ServiceProcess, HiddenFilesStayHiddenEvenIfReplaced) {
  std::filesystem::create_directory(directory + "/deep");
  for (const char* name : {"x.conf", "page", "deep/token", "deep/page"})
    std::ofstream(directory + "/" + name) << "text of " << name;
  std::filesystem::create_symlink("deep/page", directory + "/link");
  const SandboxView view{.directory = directory,
                         .hidden = {directory + "/deep/token", directory + "/x.conf"}};
  runner->show(view);
  const auto read = [&](const std::string& name) {
    const SessionId session = open_script("cat " + name);
    run_until_ended(session);
    run_until_no_process();
    return received[session.value].output;
  };
  EXPECT_EQ(read("x.conf"), "");
  EXPECT_EQ(read(directory + "/deep/token"), "");
  EXPECT_EQ(read("page"), "text of page");
  EXPECT_EQ(read("link"), "text of deep/page");
  for (const char* name : {"x.conf", "deep/token"}) {  // as editors do
    std::ofstream(directory + "/new") << "new text";
    std::filesystem::rename(directory + "/new", directory + "/" + name);
    EXPECT_EQ(read(name), "") << name;
  }
  std::ofstream(directory + "/late") << "text of it";
  std::filesystem::remove(directory + "/page");  // so the view is made again
  run_until([&] { return read("page").empty(); });
  EXPECT_EQ(read("late"), "") << "the folder is as it was when the view was made";
  runner->show(view);
  EXPECT_EQ(read("late"), "text of it");
  EXPECT_EQ(read("x.conf"), "");
}

// A mount of a file keeps it.
TEST_F(ServiceProcess, AnIdleViewFollowsChangesOfItsFiles) {
  if (geteuid() != 0) GTEST_SKIP() << "only root mounts a file system for the test";
  const std::string disk = directory + "/disk";
  std::filesystem::create_directory(disk);
  ASSERT_EQ(unshare(CLONE_NEWNS), 0);
  ASSERT_EQ(mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
  ASSERT_EQ(mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=8m"), 0);
  restart({});
  for (const char* name : {"x.conf", "page", "large", "gone"})
    std::ofstream(disk + "/" + name) << "text of " << name;
  std::ofstream(disk + "/large") << std::string(4 << 20, 'x');
  const auto free_bytes = [&] { return std::filesystem::space(disk).available; };
  const auto read = [&](const std::string& name) {
    const SessionId session = open_script("cat " + disk + "/" + name);
    run_until_ended(session);
    run_until_no_process();
    return received[session.value].output;
  };
  runner->show({.directory = directory, .hidden = {disk + "/x.conf"}});
  EXPECT_EQ(read("page"), "text of page");
  EXPECT_LT(free_bytes(), 5U << 20);
  std::filesystem::remove(disk + "/large");
  run_until([&] { return free_bytes() > 7U << 20; });
  std::ofstream(disk + "/new") << "new page";
  std::filesystem::rename(disk + "/new", disk + "/page");  // as editors and package managers do
  run_until([&] { return read("page") == "new page"; });
  std::filesystem::remove(disk + "/gone");
  run_until([&] { return read("gone").empty(); });
  std::ofstream(disk + "/gone") << "again";
  run_until([&] { return read("gone") == "again"; });
  EXPECT_EQ(read("x.conf"), "");
  umount2(disk.c_str(), MNT_DETACH);
}

TEST_F(ServiceProcess, AThousandShortSessions) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) {
    const SessionId session = open_script("cat");
    deliver(session, "echo");
    end_input(session);
    run_until([&] { return runner->process_count() < 100; });
  }
  run_until_no_process();
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  RecordProperty("sessions_per_second", static_cast<int>(1000 / time.count()));
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    ASSERT_EQ(received[i].output, "echo") << i;
    ASSERT_EQ(received[i].ended, 1) << i;
    ASSERT_EQ(received[i].consumed, 4u) << i;
    close({i});
  }
  EXPECT_EQ(runner->session_count(), 0u);
}

TEST(SpawnerTest, ReportsWhatIsMissing) {
  const auto nowhere = Spawner::start({.directory = "/does/not/exist"});
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(to_string(nowhere.error()), "directory /does/not/exist: No such file or directory");
  if (geteuid() != 0) return;
  const auto nobody = Spawner::start({.user = "no-such-user"});
  ASSERT_FALSE(nobody);
  EXPECT_EQ(to_string(nobody.error()),
            "the services' user no-such-user: No such file or directory");
}

}  // namespace
}  // namespace apiary
