#pragma once

#include <linux/seccomp.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/token_bucket.h"
#include "posix/file_descriptor.h"
#include "sandbox/file_call.h"
#include "session/service_note.h"

namespace apiary {

/// A system call of a program that its sandbox refuses, or that has no effect there.
struct Attempt {
  std::string call;                  // "ptrace"
  std::optional<Endpoint> target{};  // of connect and sendto
  std::string path{};                // of calls about files
  AttemptKind kind = AttemptKind::call;
};

/// Decides about the system calls that a SeccompFilter leaves to the process that installed it
/// (seccomp_unotify(2)). connect and sendto continue, and fail since the sandbox has no network.
/// setsid succeeds without an effect: with a session of its own, a program would get a share of the
/// processor as large as that of all others together (autogroups, sched(7)). Calls about
/// files continue as well: the kernel decides, and the watcher predicts whether it will refuse
/// them. All others are refused.
///
/// A program that makes such calls at a higher rate than `pace` waits for the answers: a call keeps
/// the watcher as busy as the program, whose waits look like rest.
class AttemptWatcher {
 public:
  using Clock = std::chrono::steady_clock;

  AttemptWatcher() = default;  ///< watches nothing
  /// `user`: of the program.
  AttemptWatcher(FileDescriptor listener, FileUser user, RateLimiter pace);

  /// Readable when read() has something; -1: not now.
  int descriptor(Clock::time_point now) const { return now < next_ ? -1 : listener_.get(); }
  /// When there is a descriptor again, if there is none now; else in the past.
  Clock::time_point next() const { return next_; }

  /// Decides about one call. Nothing: it needs no report, or its process is gone.
  std::optional<Attempt> read(Clock::time_point now);

 private:
  std::optional<Attempt> decide(const seccomp_notif& call);
  void answer(const seccomp_notif& call, std::int64_t value, int error, unsigned flags);

  FileDescriptor listener_;
  FileUser user_{};
  RateLimiter pace_{0, 0};
  Clock::time_point next_{};
  std::vector<std::byte> call_, answer_;  // as large as the kernel wants them
};

}  // namespace apiary
