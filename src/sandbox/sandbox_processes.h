#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <span>

#include "sandbox/launch.h"

namespace apiary {

/// The processes of a sandbox, as its process 1 signals them: in a process namespace those are all
/// others; without one they are those of the sandbox's user, and the group of the program.
class SandboxProcesses {
 public:
  /// `settings` outlives it.
  explicit SandboxProcesses(const LaunchSettings& settings) : settings_(settings) {}

  /// The program that runs from now on. `user` 0: the one of the settings.
  void set_program(pid_t process, uid_t user) { program_ = Program{process, user}; }
  void clear_program() { program_.reset(); }
  bool is_program(pid_t process) const { return program_ && program_->process == process; }

  void signal_all(int number) const;
  /// Without a process namespace, what escaped from the program's group and user remains.
  void kill_and_reap_all() const;
  /// Makes them run only when no other process needs the processor. Processes that they fork from
  /// now on inherit that. The caller reaps a child that does it.
  void make_idle(std::span<const pid_t> threads) const;

 private:
  struct Program {
    pid_t process = 0;
    uid_t user = 0;
  };
  pid_t fork_as_program_user(const std::function<void()>& action) const;

  const LaunchSettings& settings_;
  std::optional<Program> program_;
};

}  // namespace apiary
