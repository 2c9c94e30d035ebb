#include "sandbox/sandbox_group.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <memory>
#include <string_view>

namespace apiary {
namespace {

// Beside the memory of processes: files in /tmp and /dev/shm, of servers also in /run and /var, and
// what the kernel keeps.
constexpr std::uint64_t other_memory_bytes = std::uint64_t{96} << 20;

bool write_text(int file, std::string_view text) {
  return pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

bool write_text(int folder, const char* name, std::string_view text) {
  const FileDescriptor file(openat(folder, name, O_WRONLY | O_CLOEXEC));
  return file && write_text(file.get(), text);
}

FileDescriptor open_folder(int parent, const char* name) {
  return FileDescriptor(openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// The folder of a group, made if there is none, with a lock on it that says that it is used.
FileDescriptor make_folder(int parent, const char* name) {
  constexpr int attempts = 3;  // a spawner that cleans up may remove it before it is locked
  for (int i = 0; i < attempts; ++i) {
    if (mkdirat(parent, name, 0755) != 0 && errno != EEXIST) return {};
    FileDescriptor folder = open_folder(parent, name);
    if (!folder) continue;
    if (flock(folder.get(), LOCK_EX | LOCK_NB) != 0) return {};
    struct stat ours {
    }, there{};
    if (fstat(folder.get(), &ours) == 0 && fstatat(parent, name, &there, 0) == 0 &&
        ours.st_ino == there.st_ino)
      return folder;
  }
  errno = EBUSY;
  return {};
}

/// The number after `key` in a file of lines such as "oom_kill 0".
std::uint64_t number_in(int file, std::string_view key) {
  std::array<char, 1024> bytes;
  const ssize_t size = pread(file, bytes.data(), bytes.size(), 0);
  std::string_view text(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.starts_with(key) || line.substr(key.size(), 1) != " ") continue;
    std::uint64_t number = 0;
    std::from_chars(line.data() + key.size() + 1, line.data() + line.size(), number);
    return number;
  }
  return 0;
}

}  // namespace

pid_t fork_into_namespaces(unsigned long flags) {
  return static_cast<pid_t>(
      syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

tl::expected<SandboxGroup, SystemError> SandboxGroup::make(const std::string& name, bool is_v2,
                                                           const std::vector<Part>& parts) {
  SandboxGroup group;
  group.name_ = name;
  group.is_v2_ = is_v2;
  for (const Part& part : parts) {
    Folder folder{make_folder(part.parent, name.c_str()), part};
    if (!folder.folder) {
      const SystemError error = last_system_error("control group " + name);
      group.remove();
      return tl::unexpected(error);
    }
    group.folders_.push_back(std::move(folder));
    if (const auto opened = group.open_files(group.folders_.back()); !opened) {
      group.remove();
      return tl::unexpected(opened.error());
    }
  }
  return group;
}

tl::expected<void, SystemError> SandboxGroup::open_files(const Folder& folder) {
  const int place = folder.folder.get();
  const auto failed = [this](const char* file) {
    return tl::unexpected(last_system_error("control group " + name_ + "/" + file));
  };
  const auto open_file = [place](const char* name, int mode) {
    return FileDescriptor(openat(place, name, mode | O_CLOEXEC));
  };
  if ((folder.part.controllers & controller::cpu) != 0) {
    if (!(idle_ = open_file("cpu.idle", O_WRONLY))) return failed("cpu.idle");
    const auto period = std::to_string(std::chrono::microseconds(quota_period).count());
    if (is_v2_ || write_text(place, "cpu.cfs_period_us", period))
      quota_ = open_file(is_v2_ ? "cpu.max" : "cpu.cfs_quota_us", O_WRONLY);
  }
  if ((folder.part.controllers & controller::memory) != 0) {
    // The machine may have no swap, and groups then no such file.
    if (!write_text(place, "memory.swap.max", "0") && errno != ENOENT)
      return failed("memory.swap.max");
    // Nothing of a sandbox remains without the rest.
    if (!write_text(place, "memory.oom.group", "1")) return failed("memory.oom.group");
    if (!(memory_limit_ = open_file("memory.max", O_WRONLY))) return failed("memory.max");
    if (!(memory_events_ = open_file("memory.events", O_RDONLY))) return failed("memory.events");
  }
  if ((folder.part.controllers & controller::processes) != 0) {
    if (!(task_limit_ = open_file("pids.max", O_WRONLY))) return failed("pids.max");
    task_events_ = open_file("pids.events", O_RDONLY);
  }
  return {};
}

void SandboxGroup::remove_stale(int parent, std::string_view prefix) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(
      fdopendir(openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), closedir);
  if (!entries) return;
  std::vector<std::string> names;
  while (const dirent* const entry = readdir(entries.get()))
    if (std::string_view(entry->d_name).starts_with(prefix)) names.emplace_back(entry->d_name);
  for (const std::string& name : names) {
    const FileDescriptor folder = open_folder(parent, name.c_str());
    if (folder && flock(folder.get(), LOCK_EX | LOCK_NB) == 0)
      unlinkat(parent, name.c_str(), AT_REMOVEDIR);  // refused while a process is in it
  }
}

pid_t SandboxGroup::fork_into(unsigned long flags) const {
  if (is_v2_) {
    clone_args arguments{};
    arguments.flags = flags | CLONE_INTO_CGROUP;
    arguments.exit_signal = SIGCHLD;
    arguments.cgroup = static_cast<std::uint64_t>(folders_[0].folder.get());
    return static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
  }
  // The calling thread goes there and back: to move another process, the kernel waits until no
  // process forks, for milliseconds.
  bool is_there = true;
  for (const Folder& each : folders_)
    is_there = is_there && write_text(each.folder.get(), "tasks", "0");
  int number = errno;
  pid_t child = -1;
  if (is_there) {
    child = fork_into_namespaces(flags);
    if (child == 0) return 0;
    number = errno;
  }
  for (const Folder& each : folders_) {
    if (write_text(each.part.home, "0") || child < 0) continue;
    number = errno;
    kill(child, SIGKILL);
    child = -1;
  }
  errno = number;
  return child;
}

bool SandboxGroup::remove() {
  bool is_gone = true;
  for (const Folder& each : folders_)
    is_gone = (unlinkat(each.part.parent, name_.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) &&
              is_gone;
  return is_gone;
}

bool SandboxGroup::set_limits(std::uint64_t memory_bytes, std::uint32_t tasks,
                              std::uint32_t own_tasks) const {
  return (!memory_limit_ ||
          write_text(memory_limit_.get(), std::to_string(memory_bytes + other_memory_bytes))) &&
         (!task_limit_ || write_text(task_limit_.get(), std::to_string(tasks + own_tasks)));
}

std::uint64_t SandboxGroup::refused_forks() const { return number_in(task_events_.get(), "max"); }

bool SandboxGroup::set_idle(bool is_idle) const {
  return idle_ && write_text(idle_.get(), is_idle ? "1" : "0");
}

bool SandboxGroup::set_quota(std::chrono::microseconds time) const {
  std::string text = time.count() > 0 ? std::to_string(time.count()) : is_v2_ ? "max" : "-1";
  if (is_v2_) text += " " + std::to_string(std::chrono::microseconds(quota_period).count());
  return quota_ && write_text(quota_.get(), text);
}

std::vector<int> SandboxGroup::descriptors() const {
  std::vector<int> numbers;
  for (const FileDescriptor* each : {&idle_, &quota_, &memory_limit_, &task_limit_, &task_events_})
    if (*each) numbers.push_back(each->get());
  return numbers;
}

bool SandboxGroup::ran_out_of_memory() {
  if (!memory_events_) return false;
  const std::uint64_t before = out_of_memory_;
  out_of_memory_ = number_in(memory_events_.get(), "oom_kill");
  return out_of_memory_ > before;
}

}  // namespace apiary
