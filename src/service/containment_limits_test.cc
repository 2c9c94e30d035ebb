// What hostile programs try, and what they get. tests/system/containment_test.py does it from
// outside.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "service/testing/containment.h"

namespace apiary {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Of all children of a process, in ticks of the clock: the 14th and 15th field of proc(5)'s stat.
long cpu_ticks_of_children(pid_t process) {
  const std::string number = std::to_string(process);
  std::istringstream children(text_of("/proc/" + number + "/task/" + number + "/children"));
  long ticks = 0;
  for (std::string child, skipped; children >> child;) {
    const std::string text = text_of("/proc/" + child + "/stat");
    std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
    for (int i = 3; i < 14; ++i) fields >> skipped;
    long user = 0, system = 0;
    fields >> user >> system;
    ticks += user + system;
  }
  return ticks;
}

TEST_F(ContainmentTest, SandboxesWaitWithoutTheProcessor) {
  for (const ServicePrivileges& privileges : {ServicePrivileges{}, as_template_user}) {
    const SessionId session = start("say('started')\ntime.sleep(100)", privileges);
    run_until([&] { return received[session.value].output == "started\n"; });
    run_for(milliseconds{200});  // meanwhile, the spawner makes sandboxes for others
    const long before = cpu_ticks_of_children(spawner_process);
    run_for(milliseconds{500});
    EXPECT_LE(cpu_ticks_of_children(spawner_process) - before, sysconf(_SC_CLK_TCK) / 10);
    close(session);
    run_until_no_process();
  }
}

TEST_F(ContainmentTest, LimitsEndASubsystem) {
  struct Case {
    const char* name;
    ServicePrivileges privileges;
    const char* code;
    ServiceLimit limit;
  };
  for (const Case& c : {
           Case{"private memory of its processes together",
                {.memory_bytes = 64 << 20},
                "for _ in range(4):\n    if os.fork() == 0:\n        x = os.urandom(1) * (40 << "
                "20)\n        time.sleep(100)\ntime.sleep(100)",
                ServiceLimit::memory},
           Case{"memory that they share",
                {.memory_bytes = 64 << 20},
                "m = [mmap.mmap(-1, 40 << 20) for _ in range(4)]\ntime.sleep(100)",
                ServiceLimit::memory},
           Case{"processes of a user that conversations share",
                {.user = 4321, .processes = 3},
                "for _ in range(6):\n    if os.fork() == 0: time.sleep(100)\ntime.sleep(100)",
                ServiceLimit::processes},
           Case{"wall time, if the template sets it",
                {.wall_seconds = 1},
                "time.sleep(100)",
                ServiceLimit::wall_time},
       }) {
    SCOPED_TRACE(c.name);
    output_of_subsystem(c.code, c.privileges);
    ASSERT_EQ(notes.exits.size(), 1u);
    EXPECT_EQ(notes.exits[0].limit, c.limit);
  }
}

TEST_F(ContainmentTest, AForkBombHoldsItsOwnSubsystemOnly) {
  notes = {};
  start_subsystem(
      "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('started')\n"
      "while True:\n    try: os.fork()\n    except OSError: time.sleep(0.01)");
  run_until([&] { return notes.contain("started"); });
  run_for(milliseconds{300});
  const SessionId other = open_script("echo alive");
  run_until_ended(other);
  EXPECT_EQ(received[other.value].output, "alive\n");
  close(other);
  end_subsystems();
}

TEST_F(ContainmentTest, ASubsystemsFloodOfLinesIsCounted) {
  notes = {};
  start_subsystem("while True: os.write(2, b'x' * 80 + b'\\n')");
  run_until([&] { return notes.contain("left out"); });
  const SessionId other = open_script("echo alive");
  run_until_ended(other);
  EXPECT_EQ(received[other.value].output, "alive\n");
  EXPECT_LT(notes.texts.size(), 400u);
  end_subsystems();
}

TEST_F(ContainmentTest, AForkBombHoldsItsOwnConversationOnly) {
  for (const ServicePrivileges& privileges : {ServicePrivileges{}, as_template_user}) {
    const SessionId bomb = start(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('started')\n"
        "while True:\n    try: os.fork()\n    except OSError: time.sleep(0.01)",
        privileges);
    run_until([&] { return received[bomb.value].output.starts_with("started\n"); });
    run_for(milliseconds{300});
    const SessionId other = open_script("echo alive");
    run_until_ended(other);
    EXPECT_EQ(received[other.value].output, "alive\n");
    close(bomb);
    run_until_no_process();
  }
}

TEST_F(ContainmentTest, LimitsOfATemplateEndAProgram) {
  struct Case {
    const char* name;
    ServicePrivileges privileges;
    const char* code;
    ServiceLimit limit;
  };
  for (const Case& c : {
           Case{"wall time", {.wall_seconds = 1}, "time.sleep(100)", ServiceLimit::wall_time},
           Case{"wall time, of one that stops whatever it may signal",
                {.wall_seconds = 1},
                "while True:\n    try: os.kill(-1, signal.SIGSTOP)\n    except OSError: pass",
                ServiceLimit::wall_time},
           Case{"memory of its processes together",
                {.memory_bytes = 64 << 20},
                "for _ in range(4):\n    if os.fork() == 0:\n        x = os.urandom(1) * (40 << "
                "20)\n"
                "        time.sleep(100)\ntime.sleep(100)",
                ServiceLimit::memory},
           Case{"processes of a user that conversations share",
                {.user = 4321, .processes = 3},
                "for _ in range(6):\n    if os.fork() == 0: time.sleep(100)\ntime.sleep(100)",
                ServiceLimit::processes},
       }) {
    SCOPED_TRACE(c.name);
    notes = {};
    output_of(c.code, c.privileges);
    ASSERT_EQ(notes.exits.size(), 1u);
    EXPECT_EQ(notes.exits[0].limit, c.limit);
    EXPECT_TRUE(notes.contain("killed, as it " + std::string(describe(c.limit))));
  }
  EXPECT_EQ(output_of("say(resource.getrlimit(resource.RLIMIT_CPU)[0])\n"
                      "say(resource.getrlimit(resource.RLIMIT_FSIZE)[0])",
                      {.cpu_seconds = 5, .file_bytes = 4096}),
            "5\n4096\n");
}

TEST_F(ContainmentTest, AProgramWaitsForAnswersToManyWatchedCalls) {
  constexpr const char* connects =
      "def connect(times):\n"
      "    begun = time.monotonic()\n"
      "    for _ in range(times):\n"
      "        try: socket.create_connection(('127.0.0.1', 22), 1)\n"
      "        except OSError: pass\n"
      "    return time.monotonic() - begun\n"
      "connect(500)\nsay(connect(60) > 0.2)";
  EXPECT_EQ(output_of(connects), "True\n");
}

TEST_F(ContainmentTest, AFloodOnStderrLeavesOthersTheirTurn) {
  const SessionId flood = start("while True: os.write(2, b'x' * 80 + b'\\n')");
  run_for(milliseconds{200});
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) {
    const SessionId other = open_script("echo alive");
    run_until_ended(other);
    EXPECT_EQ(received[other.value].output, "alive\n");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  EXPECT_LT(notes.texts.size(), 400u) << "in a second or two, with a burst of 100";
  close(flood);
  run_until_no_process();
}

}  // namespace
}  // namespace apiary
