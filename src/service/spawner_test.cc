#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "service/testing/service_fixture.h"

namespace apiary {
namespace {

using ServiceProcess = ServiceTest;

/// Whether a process runs in whose command line `mark` stands. Its number in the sandbox is
/// another.
bool is_running(std::string_view mark) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    std::ifstream file(entry.path() / "cmdline");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.find(mark) != std::string::npos) return true;
  }
  return false;
}

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
    EXPECT_EQ(heard[session.value].failed, 1);
    EXPECT_EQ(heard[session.value].ended, 0);
    EXPECT_TRUE(notes.contain(c.note)) << ::testing::PrintToString(notes.texts);
  }
  EXPECT_EQ(runner->session_count(), 0u);
  EXPECT_EQ(runner->process_count(), 0u);
}

TEST_F(ServiceProcess, ACrashIsNoted) {
  write_script("crash", "#!/bin/sh\necho part\nkill -SEGV $$\n");
  write_script("status", "#!/bin/sh\nexit 3\n");
  open_script("./crash");
  open_script("./status");
  run_until([&] { return notes.texts.size() == 2; });
  EXPECT_TRUE(notes.contain("killed by signal 11 (Segmentation fault)"));
  EXPECT_TRUE(notes.contain("exited with status 3"));
  run_until_ended({1});
  EXPECT_EQ(heard[1].output, "part\n");
  EXPECT_EQ(heard[1].ended, 1);
}

TEST_F(ServiceProcess, TheEnvironmentHasOnlyDocumentedVariables) {
  setenv("SECRET", "of the daemon", 1);
  open_script("env");
  run_until_ended({1});
  EXPECT_EQ(heard[1].output,
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
  EXPECT_EQ(heard[1].output, "192.0.2.1 10.0.0.5 4000 23 core.example.org $other ; `id`\n");
}

TEST_F(ServiceProcess, QuotesInTheCommandGroupWordsAsInAShell) {
  open_script(R"(printf '<%s>' "from $ipsrc" '$ipsrc' a\ b "" it\'s)");
  run_until_ended({1});
  EXPECT_EQ(heard[1].output, "<from 192.0.2.1><$ipsrc><a b><><it's>");
}

TEST_F(ServiceProcess, LogsHowAProcessEndedInAnyOrderOfEvents) {
  write_script("crash", "#!/bin/sh\nread line\necho last words >&2\nkill -SEGV $$\n");
  write_script("status", "#!/bin/sh\nread line\nexit 3\n");
  write_script("fine", "#!/bin/sh\nread line\necho bye\n");
  write_script("idle", "#!/bin/sh\nexec sleep 100\n");
  write_script("trap", "#!/bin/sh\ntrap 'exit 7' TERM\necho ready\nwhile :; do sleep 0.01; done\n");
  write_script("deaf", "#!/bin/sh\ntrap '' TERM\necho ready\nwhile :; do sleep 0.1; done\n");
  write_script("dies late",
               "#!/bin/sh\ntrap 'kill -SEGV $$' TERM\necho ready\n"
               "while :; do sleep 0.01; done\n");
  write_script("killed late",
               "#!/bin/sh\ntrap 'kill -KILL $$' TERM\necho ready\n"
               "while :; do sleep 0.01; done\n");
  enum class Order { exit_first, end_input_first, close_with_input, close_after_output, close };
  struct Case {
    const char* name;
    std::string command;
    Order order;
    ServiceExit exit;
    const char* note;  // among those that are not orderly; empty: none
  };
  for (const Case& c : {
           Case{"a crash",
                "./crash",
                Order::exit_first,
                {.signal = 11},
                "killed by signal 11 (Segmentation fault)"},
           Case{"a crash after the visitor's FIN",
                "./crash",
                Order::end_input_first,
                {.signal = 11},
                "killed by signal 11 (Segmentation fault)"},
           Case{"a crash whose end of output closed the conversation",
                "./crash",
                Order::close_after_output,
                {.signal = 11},
                "killed by signal 11 (Segmentation fault)"},
           Case{"a status after the visitor's FIN",
                "./status",
                Order::end_input_first,
                {.status = 3},
                "exited with status 3"},
           Case{"a status whose end of output closed the conversation",
                "./status",
                Order::close_after_output,
                {.status = 3},
                "exited with status 3"},
           Case{"a proper end", "./fine", Order::end_input_first, {}, ""},
           Case{"ended when it was reset",
                "./idle",
                Order::close,
                {.signal = 15, .by_daemon = true},
                ""},
           Case{"reset while it starts",
                "./idle",
                Order::close_with_input,
                {.signal = 15, .by_daemon = true},
                ""},
           Case{"ended by its own SIGTERM handler",
                "./trap",
                Order::close,
                {.status = 7, .by_daemon = true},
                ""},
           Case{"killed, as it ignores SIGTERM",
                "./deaf",
                Order::close,
                {.signal = 9, .by_daemon = true},
                ""},
           Case{"crashed while it was ended",
                "'./dies late'",
                Order::close,
                {.signal = 11},
                "killed by signal 11 (Segmentation fault)"},
           Case{"killed by others while it was ended, as for its memory",
                "'./killed late'",
                Order::close,
                {.signal = 9},
                "killed by signal 9 (Killed)"},
       }) {
    SCOPED_TRACE(c.name);
    notes = {};
    const SessionId session = open_script(c.command);
    const auto has_ended = [&] { return heard[session.value].ended > 0; };
    const bool says_ready = c.command == "./trap" || c.command == "./deaf" || c.command[0] == '\'';
    if (says_ready) run_until([&] { return heard[session.value].output == "ready\n"; });
    if (c.command == "./idle" && c.order == Order::close) run_for(milliseconds{100});
    if (c.order == Order::end_input_first) end_input(session);
    if (c.order == Order::exit_first || c.order == Order::close_after_output)
      deliver(session, "x\n");
    if (c.order == Order::exit_first) run_until([&] { return !notes.exits.empty(); });
    if (c.order != Order::close && c.order != Order::close_with_input) run_until(has_ended);
    close(session);
    EXPECT_EQ(runner->session_count(), 0u);
    run_until_no_process();
    EXPECT_EQ(notes.exits, std::vector<ServiceExit>{c.exit});
    if (*c.note != '\0') EXPECT_TRUE(notes.contain(c.note));
    if (c.command == "./crash") EXPECT_EQ(notes.texts.front(), "last words");
    if (*c.note == '\0') EXPECT_FALSE(notes.contain("killed by") || notes.contain("exited"));
  }
}

TEST_F(ServiceProcess, LogsHowAProcessEndedAfterAFloodOfNotes) {
  write_script("chatty crash", "#!/bin/sh\nyes chatter | head -n 5000 >&2\nkill -SEGV $$\n");
  const SessionId session = open_script("'./chatty crash'");
  end_input(session);
  run_until([&] { return !notes.exits.empty(); });
  EXPECT_EQ(notes.exits.front().signal, 11);
  EXPECT_TRUE(notes.contain("lines left out)"));
}

TEST_F(ServiceProcess, LogsServicesThatEndWithTheDaemon) {
  open_script("sleep 100");
  open_script("true");
  run_until([&] { return notes.exits.size() == 1; });
  runner->on_stop();
  EXPECT_EQ(notes.exits, (std::vector<ServiceExit>{{}, {.signal = 9, .by_daemon = true}}));
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
  EXPECT_EQ(heard[1].output, directory + "\n4\n64\n0\n10\n" + user +
                                 "\nSigBlk:\t0000000000000000\n"
                                 "SigIgn:\t0000000000000000\nNoNewPrivs:\t1\n");
}

TEST_F(ServiceProcess, ATemplateSetsTheUserAndOpenFilesOfItsPrograms) {
  write_script("self", "#!/bin/sh\nid -u\nid -g\nid -G\nulimit -n\n");
  chmod(directory.c_str(), 0755);
  const auto open_as = [&](const ServicePrivileges& privileges) {
    const SessionId session = open(Script{"./self"}, IpProtocol::tcp, plenty, privileges);
    run_until_ended(session);
    return heard[session.value];
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

TEST_F(ServiceProcess, ClosingASessionEndsWhateverItStarted) {
  write_script("family",
               "#!/bin/sh\nsleep 100.$1 &\nsetsid sleep 200.$1 &\n(setsid sleep 300.$1 &)\n"
               "sleep 0.1\necho started\nwait\n");
  write_script("stubborn", "#!/bin/sh\ntrap '' TERM\necho started\nwhile :; do sleep 0.1; done\n");
  for (const ContainMode contain : {ContainMode::required, ContainMode::off}) {
    if (geteuid() != 0 && contain == ContainMode::off) continue;  // no user of its own
    SCOPED_TRACE(static_cast<int>(contain));
    restart({}, contain);
    const SessionId family = open_script("./family 4711"),
                    stubborn = open_script("./stubborn 4712");
    run_until([&] {
      return heard[family.value].output == "started\n" &&
             heard[stubborn.value].output == "started\n";
    });
    EXPECT_TRUE(is_running("100.4711") && is_running("200.4711") && is_running("300.4711"));
    EXPECT_TRUE(is_running("4712"));
    close(family);
    close(stubborn);
    EXPECT_EQ(runner->session_count(), 0u);
    run_until_no_process();
    EXPECT_FALSE(is_running("4711") || is_running("4712"));
  }
}

TEST_F(ServiceProcess, ProcessesBeyondTheLimitFail) {
  restart({.scripts = {.processes = 3}});
  for (int i = 0; i < 4; ++i) open_script("cat");
  run_until_ended({4});
  EXPECT_EQ(heard[4].failed, 1);
  EXPECT_TRUE(notes.contain("not started: 3 processes run already"));
  close({1});
  run_until([&] { return runner->process_count() == 2; });
  const SessionId next = open_script("echo room again");
  run_until_ended(next);
  EXPECT_EQ(heard[next.value].output, "room again\n");
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
    return heard[session.value].output;
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
  EXPECT_EQ(read("late"), "") << "the folder is as it was when the view was made";
  runner->show(view);
  EXPECT_EQ(read("late"), "text of it");
  EXPECT_EQ(read("x.conf"), "");
}

TEST_F(ServiceProcess, AHostAndASourceNetworkTakeOnlyTheirShare) {
  restart({.scripts = {.processes_per_host = 2}});
  for (int i = 0; i < 3; ++i) open_script("cat");
  run_until_ended({3});
  EXPECT_TRUE(notes.contain("not started: 2 processes of this host run already"));
  restart({.scripts = {.processes_per_source_network = 1}});
  open_script("cat");
  run_until_ended(open_script("cat"));
  EXPECT_TRUE(notes.contain("not started: 1 processes for visitors of 192.0.2.0/24 run already"));
  EXPECT_EQ(runner->refused_count(), 1u);
  close({4});
  run_until_no_process();
  const SessionId next = open_script("echo room again");
  run_until_ended(next);
  EXPECT_EQ(heard[next.value].output, "room again\n");
}

TEST_F(ServiceProcess, DatagramsLeaveProcessesForTcp) {
  restart({.scripts = {.processes = 3, .datagram_processes = 2}});
  for (int i = 0; i < 3; ++i) open(Script{"cat"}, IpProtocol::udp, 4'096);
  run_until_ended({3});
  EXPECT_TRUE(notes.contain("not started: 2 processes serve UDP already"));
  const SessionId honest = open_script("echo here");
  run_until_ended(honest);
  EXPECT_EQ(heard[honest.value].output, "here\n");
  close({1});
  run_until([&] { return runner->process_count() <= 1; });
  open(Script{"cat"}, IpProtocol::udp, 4'096);
  EXPECT_EQ(runner->session_count(), 3u) << "a slot is free again";
}

TEST_F(ServiceProcess, ProcessesEndWithTheSpawner) {
  write_script("family", "#!/bin/sh\nsleep 100.$1 &\necho started\nwait\n");
  const SessionId session = open_script("./family 4713");
  run_until([&] { return heard[1].output == "started\n"; });
  kill(spawner_process, SIGKILL);
  run_until_ended(session);
  run_until([&] { return !is_running("4713"); });
  run_until([&] { return notes.contain("the process that starts services has died"); });
  const SessionId late = open_script("cat");
  run_until_ended(late);
  EXPECT_EQ(heard[late.value].failed, 1);
}

TEST_F(ServiceProcess, ProcessesEndWithTheDaemon) {
  write_script("family", "#!/bin/sh\ntrap '' TERM\nsetsid sleep 100.$1 &\necho started\nwait\n");
  for (const ContainMode contain : {ContainMode::required, ContainMode::off}) {
    if (geteuid() != 0 && contain == ContainMode::off) continue;  // no user of its own
    SCOPED_TRACE(static_cast<int>(contain));
    restart({}, contain);
    const SessionId session = open_script("./family 4714");
    run_until([&] { return heard[session.value].output == "started\n"; });
    runner.reset();
    for (int i = 0; i < 100 && is_running("4714"); ++i) usleep(10'000);
    EXPECT_FALSE(is_running("4714"));
    EXPECT_NE(kill(spawner_process, 0), 0);
  }
  restart({});
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
    ASSERT_EQ(heard[i].output, "echo") << i;
    ASSERT_EQ(heard[i].ended, 1) << i;
    ASSERT_EQ(heard[i].consumed, 4u) << i;
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
