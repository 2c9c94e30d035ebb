#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "service/testing/service_fixture.h"

namespace apiary {
namespace {

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

using ProcessEndTest = ServiceTest;

TEST_F(ProcessEndTest, ACrashIsNoted) {
  write_script("crash", "#!/bin/sh\necho part\nkill -SEGV $$\n");
  write_script("status", "#!/bin/sh\nexit 3\n");
  open_script("./crash");
  open_script("./status");
  run_until([&] { return notes.texts.size() == 2; });
  EXPECT_TRUE(notes.contain("killed by signal 11 (Segmentation fault)"));
  EXPECT_TRUE(notes.contain("exited with status 3"));
  run_until_ended({1});
  EXPECT_EQ(received[1].output, "part\n");
  EXPECT_EQ(received[1].ended, 1);
}

TEST_F(ProcessEndTest, LogsHowAProcessEndedInAnyOrderOfEvents) {
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
    const auto has_ended = [&] { return received[session.value].ended > 0; };
    const bool says_ready = c.command == "./trap" || c.command == "./deaf" || c.command[0] == '\'';
    if (says_ready) run_until([&] { return received[session.value].output == "ready\n"; });
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

TEST_F(ProcessEndTest, LogsHowAProcessEndedAfterAFloodOfNotes) {
  write_script("chatty crash", "#!/bin/sh\nyes chatter | head -n 5000 >&2\nkill -SEGV $$\n");
  const SessionId session = open_script("'./chatty crash'");
  end_input(session);
  run_until([&] { return !notes.exits.empty(); });
  EXPECT_EQ(notes.exits.front().signal, 11);
  EXPECT_TRUE(notes.contain("lines left out)"));
}

TEST_F(ProcessEndTest, LogsServicesThatEndWithTheDaemon) {
  open_script("sleep 100");
  open_script("true");
  run_until([&] { return notes.exits.size() == 1; });
  runner->on_stop();
  EXPECT_EQ(notes.exits, (std::vector<ServiceExit>{{}, {.signal = 9, .by_daemon = true}}));
}

TEST_F(ProcessEndTest, ClosingASessionEndsWhateverItStarted) {
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
      return received[family.value].output == "started\n" &&
             received[stubborn.value].output == "started\n";
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

TEST_F(ProcessEndTest, ProcessesEndWithTheSpawner) {
  write_script("family", "#!/bin/sh\nsleep 100.$1 &\necho started\nwait\n");
  const SessionId session = open_script("./family 4713");
  run_until([&] { return received[1].output == "started\n"; });
  kill(spawner_process, SIGKILL);
  run_until_ended(session);
  run_until([&] { return !is_running("4713"); });
  run_until([&] { return notes.contain("the process that starts services has died"); });
  const SessionId late = open_script("cat");
  run_until_ended(late);
  EXPECT_EQ(received[late.value].failed, 1);
}

TEST_F(ProcessEndTest, ProcessesEndWithTheDaemon) {
  write_script("family", "#!/bin/sh\ntrap '' TERM\nsetsid sleep 100.$1 &\necho started\nwait\n");
  for (const ContainMode contain : {ContainMode::required, ContainMode::off}) {
    if (geteuid() != 0 && contain == ContainMode::off) continue;  // no user of its own
    SCOPED_TRACE(static_cast<int>(contain));
    restart({}, contain);
    const SessionId session = open_script("./family 4714");
    run_until([&] { return received[session.value].output == "started\n"; });
    runner.reset();
    for (int i = 0; i < 100 && is_running("4714"); ++i) usleep(10'000);
    EXPECT_FALSE(is_running("4714"));
    EXPECT_NE(kill(spawner_process, 0), 0);
  }
  restart({});
}

}  // namespace
}  // namespace apiary
