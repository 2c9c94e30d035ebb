// --contain best-effort where the machine refuses one kind of namespace.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "sandbox/namespaces.h"
#include "service/testing/service_fixture.h"

namespace apiary {
namespace {

using RefusedNamespacesTest = ServiceTest;

/// Each kind of namespace that the program shares with its parent's `kinds`, a word each.
constexpr std::string_view compare_script = R"text(#!/bin/sh
read theirs
for kind in user net pid mnt ipc uts cgroup; do
  case "$theirs" in *"$(readlink /proc/self/ns/$kind)"*) printf '%s ' $kind; esac
done
{ echo x > /tmp/file; } 2> /dev/null && rm /tmp/file && printf 'writes '
exit 0
)text";

std::string own_namespaces() {
  std::string text;
  for (const char* kind : {"user", "net", "pid", "mnt", "ipc", "uts", "cgroup"})
    text += std::filesystem::read_symlink(std::string("/proc/self/ns/") + kind).string() + " ";
  return text + "\n";
}

/// Runs `action` in a child process with a user namespace that has all users, and in which the
/// kernel gives no namespaces of the kind. Returns what it returned.
std::string run_without(const std::string& kind, const std::function<std::string()>& action) {
  std::array<int, 2> ready{}, result{};
  if (pipe(ready.data()) != 0 || pipe(result.data()) != 0) return "pipe";
  const pid_t child = fork();
  if (child == 0) {
    char byte = 0;
    const bool has_left = unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    std::string text = has_left ? "" : "unshare";
    if (write(result[1], "\n", 1) != 1 || read(ready[0], &byte, 1) != 1) _exit(1);
    const std::string limit = "/proc/sys/user/max_" + kind + "_namespaces";
    if (!(std::ofstream(limit) << "0" << std::flush)) text = limit;
    if (text.empty()) text = action();
    _exit(write(result[1], text.data(), text.size()) < 0);
  }
  char byte = 0;
  std::string text;
  if (read(result[0], &byte, 1) != 1 || !map_ids(child, {{0, 0xffff'ffff}})) return "map_ids";
  if (write(ready[1], "", 1) != 1) return "write";
  ::close(result[1]);
  while (read(result[0], &byte, 1) == 1) text += byte;
  ::close(result[0]), ::close(ready[0]), ::close(ready[1]);
  waitpid(child, nullptr, 0);
  return text;
}

TEST_F(RefusedNamespacesTest, OnlyThatKindIsMissing) {
  if (geteuid() != 0) GTEST_SKIP() << "only root maps all users";
  write_script("compare", std::string(compare_script));
  struct Case {
    const char *kind, *name, *output;
  };
  for (const Case& c : {Case{"user", "user", "user writes "}, Case{"net", "network", "net writes "},
                        Case{"pid", "process", "pid writes "}, Case{"ipc", "IPC", "ipc writes "},
                        Case{"uts", "host name", "uts writes "}, Case{"mnt", "mount", "mnt "},
                        Case{"cgroup", "cgroup", "cgroup writes "}}) {
    SCOPED_TRACE(c.name);
    const std::string seen = run_without(c.kind, [&] {
      restart({}, ContainMode::best_effort);
      std::string output;
      for (int i = 0; i < 3; ++i) {  // one sandbox after another, or the same
        const SessionId session = open_script("./compare");
        deliver(session, own_namespaces());
        run_until_ended(session);
        close(session);
        run_until_no_process();
        if (i > 0 && output != received[session.value].output) output += "and then ";
        if (i == 0 || output != received[session.value].output)
          output += received[session.value].output;
      }
      for (const std::string& text : notes.texts) output += text + "\n";
      runner.reset();
      return output;
    });
    EXPECT_EQ(seen, fmt::format("{}services run without {} namespaces of their own: this machine "
                                "refuses them: No space left on device\n",
                                c.output, c.name));
  }
}

TEST_F(RefusedNamespacesTest, WithoutBestEffortNothingStarts) {
  if (geteuid() != 0) GTEST_SKIP() << "only root maps all users";
  for (const char* kind : {"net", "pid", "ipc", "uts", "mnt"}) {
    SCOPED_TRACE(kind);
    const std::string seen = run_without(kind, [&] {
      restart({}, ContainMode::required);
      const SessionId session = open_script("echo started");
      run_until_ended(session);
      std::string text = received[session.value].output;
      for (const std::string& note : notes.texts) text += note + "\n";
      runner.reset();
      return text;
    });
    EXPECT_TRUE(seen.starts_with("cannot be contained: ")) << seen;
    EXPECT_NE(seen.find("No space left on device"), seen.npos) << seen;
  }
}

TEST(NamespacesTest, AreDescribedInWords) {
  EXPECT_EQ(describe(Namespaces{}), "");
  EXPECT_EQ(describe({CLONE_NEWNET}), "network namespaces");
  EXPECT_EQ(describe({CLONE_NEWNET | CLONE_NEWNS}), "network and mount namespaces");
  EXPECT_EQ(describe(server_namespaces), "network, process and mount namespaces");
}

}  // namespace
}  // namespace apiary
