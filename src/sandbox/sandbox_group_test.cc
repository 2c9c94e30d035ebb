#include "sandbox/sandbox_group.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "sandbox/control_groups.h"

namespace apiary {
namespace {

namespace fs = std::filesystem;

/// A folder with the files that the kernel gives a group of version 2: what is written to them, and
/// when, is the same there.
class GroupOfVersion2 : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_);
    for (const char* name : {"cpu.idle", "cpu.max", "memory.max", "memory.swap.max",
                             "memory.oom.group", "memory.events", "pids.max", "pids.events"})
      std::ofstream(folder_ / name).flush();
    parent_ = FileDescriptor(open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    write("memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const char* name, std::string_view text) { std::ofstream(folder_ / name) << text; }
  std::string read(const char* name) {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  tl::expected<SandboxGroup, SystemError> make(std::uint8_t controllers = 7) {
    return SandboxGroup::make("apiary-1.0", true, {{parent_.get(), -1, controllers}});
  }

  fs::path root_ = fs::path(testing::TempDir()) / ("groups" + std::to_string(getpid()));
  fs::path folder_ = root_ / "apiary-1.0";
  FileDescriptor parent_;
};

TEST_F(GroupOfVersion2, BoundsAProgram) {
  auto group = make();
  ASSERT_TRUE(group) << to_string(group.error());
  EXPECT_EQ(read("memory.swap.max"), "0");
  EXPECT_EQ(read("memory.oom.group"), "1");
  EXPECT_TRUE(group->set_limits(128 << 20, 16, 1));
  EXPECT_EQ(read("memory.max"), std::to_string(224 << 20));
  EXPECT_EQ(read("pids.max"), "17");
  EXPECT_TRUE(group->has_cpu());
  EXPECT_TRUE(group->set_idle(true));
  EXPECT_EQ(read("cpu.idle"), "1");
  EXPECT_TRUE(group->set_idle(false));
  EXPECT_EQ(read("cpu.idle"), "0");
  EXPECT_TRUE(group->set_quota({}));
  EXPECT_EQ(read("cpu.max"), "max 200000");
  EXPECT_TRUE(group->set_quota(std::chrono::milliseconds(3)));
  EXPECT_EQ(read("cpu.max"), "3000 200000");
  EXPECT_EQ(group->descriptors().size(), 5u);
}

TEST_F(GroupOfVersion2, SaysThatMemoryRanOut) {
  auto group = make();
  ASSERT_TRUE(group);
  EXPECT_FALSE(group->ran_out_of_memory());
  write("memory.events", "low 0\nhigh 0\nmax 9\noom 1\noom_kill 3\noom_group_kill 1\n");
  EXPECT_TRUE(group->ran_out_of_memory());
  EXPECT_FALSE(group->ran_out_of_memory());
}

TEST_F(GroupOfVersion2, SaysThatProcessesWereRefused) {
  auto group = make();
  ASSERT_TRUE(group);
  EXPECT_TRUE(group->counts_forks());
  EXPECT_EQ(group->refused_forks(), 0u);
  write("pids.events", "max 7\n");
  EXPECT_EQ(group->refused_forks(), 7u);
}

TEST_F(GroupOfVersion2, AKernelMayNotCountRefusedProcesses) {
  fs::remove(folder_ / "pids.events");
  const auto group = make();
  ASSERT_TRUE(group) << to_string(group.error());
  EXPECT_FALSE(group->counts_forks());
}

TEST_F(GroupOfVersion2, UsesTheControllersThatItHas) {
  auto group = make(controller::processes);
  ASSERT_TRUE(group);
  EXPECT_TRUE(group->set_limits(1 << 20, 4, 2));
  EXPECT_EQ(read("memory.max"), "");
  EXPECT_EQ(read("pids.max"), "6");
  EXPECT_FALSE(group->has_cpu());
  EXPECT_FALSE(group->set_idle(true));
  EXPECT_FALSE(group->ran_out_of_memory());
}

TEST_F(GroupOfVersion2, AMissingFileIsAnError) {
  fs::remove(folder_ / "memory.max");
  const auto group = make();
  ASSERT_FALSE(group);
  EXPECT_EQ(to_string(group.error()),
            "control group apiary-1.0/memory.max: No such file or directory");
}

TEST_F(GroupOfVersion2, BelongsToOneSpawner) {
  auto group = make();
  ASSERT_TRUE(group);
  EXPECT_FALSE(make());
  for (const auto& file : fs::directory_iterator(folder_)) fs::remove(file);
  SandboxGroup::remove_stale(parent_.get(), "apiary-");
  EXPECT_TRUE(fs::exists(folder_)) << "its spawner lives";
  { const SandboxGroup dead = std::move(*group); }
  SandboxGroup::remove_stale(parent_.get(), "other-");
  EXPECT_TRUE(fs::exists(folder_)) << "it is not one of ours";
  SandboxGroup::remove_stale(parent_.get(), "apiary-");
  EXPECT_FALSE(fs::exists(folder_));
}

/// How many children the calling process can have at a time.
int children_that_fit() {
  std::vector<pid_t> children;
  while (children.size() < 9) {
    const pid_t child = fork();
    if (child < 0) break;
    if (child == 0) pause();
    children.push_back(child);
  }
  for (const pid_t child : children) kill(child, SIGKILL);
  for (const pid_t child : children) waitpid(child, nullptr, 0);
  return static_cast<int>(children.size());
}

/// Opened once: a process that moved to a group of its own does not find the one above delegated.
tl::expected<ControlGroups, std::string>& machines_groups() {
  static auto groups = ControlGroups::open({getppid()});
  return groups;
}

/// With the groups of this machine, where it has some for us.
TEST(ControlGroups, AProcessIsForkedIntoItsGroup) {
  auto& groups = machines_groups();
  if (!groups) GTEST_SKIP() << groups.error();
  auto group = groups->make(7);
  ASSERT_TRUE(group) << to_string(group.error());
  ASSERT_TRUE(group->set_limits(64 << 20, 1, 2));
  std::array<int, 2> pipe{};
  ASSERT_EQ(pipe2(pipe.data(), O_CLOEXEC), 0);
  const pid_t child = group->fork_into(0);
  ASSERT_GE(child, 0) << strerror(errno);
  if (child == 0) {
    char byte = 0;
    [[maybe_unused]] const ssize_t size = ::read(pipe[0], &byte, 1);
    _exit(children_that_fit());
  }
  const auto text_of = [](const std::string& path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string name = "/apiary-" + std::to_string(getpid()) + ".7\n";
  EXPECT_NE(text_of("/proc/" + std::to_string(child) + "/cgroup").find(name), std::string::npos);
  EXPECT_EQ(text_of("/proc/self/cgroup").find(name), std::string::npos) << "we stay where we were";
  EXPECT_FALSE(group->remove()) << "while a process is in it";
  if (group->has_cpu()) {
    EXPECT_TRUE(group->set_idle(true) && group->set_idle(false));
    EXPECT_TRUE(group->set_quota(std::chrono::milliseconds(1)) && group->set_quota({}));
  }
  ASSERT_EQ(::write(pipe[1], "", 1), 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  if ((groups->controllers() & controller::processes) != 0) {
    EXPECT_EQ(WEXITSTATUS(status), 2);
    EXPECT_EQ(group->refused_forks(), 1u);
  }
  for (int i = 0; i < 100 && !group->remove(); ++i) usleep(10'000);
  EXPECT_TRUE(group->remove()) << "it is gone";
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST(ControlGroups, TheKernelEndsAGroupThatExceedsItsMemory) {
  auto& groups = machines_groups();
  if (!groups) GTEST_SKIP() << groups.error();
  if ((groups->controllers() & controller::memory) == 0) GTEST_SKIP() << "no memory controller";
  auto group = groups->make(8);
  ASSERT_TRUE(group) << to_string(group.error());
  ASSERT_TRUE(group->set_limits(8 << 20, 1, 2));
  const pid_t child = group->fork_into(0);
  ASSERT_GE(child, 0) << strerror(errno);
  if (child == 0) {
    constexpr std::size_t bytes = 192 << 20;
    auto* const memory = static_cast<volatile char*>(std::malloc(bytes));
    for (std::size_t i = 0; i < bytes; i += 4096) memory[i] = 1;
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  EXPECT_TRUE(group->ran_out_of_memory());
  EXPECT_FALSE(group->ran_out_of_memory());
  for (int i = 0; i < 100 && !group->remove(); ++i) usleep(10'000);
  EXPECT_TRUE(group->remove());
}

}  // namespace
}  // namespace apiary
