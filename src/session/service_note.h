#pragma once

#include <optional>
#include <string_view>

#include "session/session.h"

namespace apiary {

/// What a process used: processor time, of it and of those that it waited for, and the most memory
/// that one of them had, where it had more than the process that started it; else 0.
struct ServiceUse {
  std::uint32_t cpu_milliseconds = 0, memory_kib = 0;
  bool operator==(const ServiceUse&) const = default;
};

/// How the process of a service ended.
struct ServiceExit {
  int status = 0;  // exit status, if no signal killed it
  int signal = 0;  // the signal that killed it; 0: none
  // The daemon ended it, because its conversation ended or the daemon stopped.
  bool by_daemon = false;
  ServiceLimit limit = ServiceLimit::none;  // that it was ended for
  std::optional<ServiceUse> used{};         // unknown when it ended with the daemon

  /// Whether the end was expected: the process exited with status 0, or the daemon ended it.
  bool is_orderly() const { return by_daemon || (signal == 0 && status == 0); }
  bool operator==(const ServiceExit&) const = default;
};

/// A system call of a program that its sandbox refused.
struct ServiceAttempt {
  std::string_view call;             // "ptrace"
  std::optional<Endpoint> target{};  // of connect and sendto
};

/// A message about a service for the operator: a line of its stderr, why it did not start, why a
/// proxy did not reach its target, or how its process ended. Valid during the call that passes it.
struct ServiceNote {
  SessionId session{};  // zero: not about a conversation
  FlowKey flow{};
  std::string_view service{};  // the command or target as configured
  std::string_view text{};     // printable ASCII, one line of at most note_limit_bytes
  std::optional<ServiceExit> exit{};
  std::optional<ServiceAttempt> attempt{};
};

/// The length of the longest text of a ServiceNote. A longer text is cut and ends in "...".
inline constexpr std::size_t note_limit_bytes = 1024;

}  // namespace apiary
