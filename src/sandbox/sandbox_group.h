#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"
#include "sandbox/own_groups.h"
#include "sandbox/program_limits.h"

namespace apiary {

/// The control group of one sandbox, or with version 1 one group for each controller. The spawner
/// makes it and process 1 of the sandbox, which is in it, sets it for each program.
class SandboxGroup {
 public:
  /// One hierarchy's part of it.
  struct Part {
    int parent = -1;  // folder of the group above; outlives this object
    int home = -1;    // version 1: a file by which we move back to our own group
    std::uint8_t controllers = 0;
  };

  /// Makes it, or takes an unused one of this name.
  static tl::expected<SandboxGroup, SystemError> make(const std::string& name, bool is_v2,
                                                      const std::vector<Part>& parts);
  /// Removes the groups below `parent` whose names have this prefix and that no running spawner
  /// uses.
  static void remove_stale(int parent, std::string_view prefix);

  SandboxGroup(SandboxGroup&&) noexcept = default;
  SandboxGroup& operator=(SandboxGroup&&) noexcept = default;

  /// Forks into new namespaces with the `flags` of clone(2); the child is in the group. Returns
  /// what fork() does.
  pid_t fork_into(unsigned long flags) const;
  /// Removes it, if no process is in it: call it when its sandbox has ended.
  bool remove();

  /// For process 1: what the next program may use. `tasks` are processes and threads; process 1
  /// itself needs `own_tasks` more.
  bool set_limits(std::uint64_t memory_bytes, std::uint32_t tasks, std::uint32_t own_tasks) const;
  /// Whether it bounds processes and counts those that it refuses.
  bool counts_forks() const { return task_limit_ && task_events_; }
  /// How often a process was refused since the group was made.
  std::uint64_t refused_forks() const;
  /// Has POLLPRI when that changed, until it is read.
  int fork_events() const { return task_events_.get(); }
  bool has_cpu() const { return static_cast<bool>(idle_); }
  /// Makes its processes run only when no other process needs the processor, or undoes that.
  bool set_idle(bool is_idle) const;
  /// Sets how long it may run on all processors together in each period; 0: without limit. False
  /// also if the kernel has no quotas.
  static constexpr std::chrono::milliseconds quota_period{200};
  bool set_quota(std::chrono::microseconds time) const;
  /// The descriptors that process 1 needs.
  std::vector<int> descriptors() const;

  /// Whether the kernel has killed what was in it, as it used too much memory, since the last call.
  bool ran_out_of_memory();

 private:
  struct Folder {
    FileDescriptor folder;  // locked, as long as the spawner lives
    Part part;
  };
  SandboxGroup() = default;
  tl::expected<void, SystemError> open_files(const Folder& folder);

  std::string name_;
  bool is_v2_ = false;
  std::vector<Folder> folders_;
  FileDescriptor idle_, quota_, memory_limit_, memory_events_, task_limit_, task_events_;
  std::uint64_t out_of_memory_ = 0;
};

/// fork() into new namespaces, with the `flags` of clone(2). glibc has no function for it.
pid_t fork_into_namespaces(unsigned long flags);

}  // namespace apiary
