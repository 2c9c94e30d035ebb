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
  int status = 0;  // of its exit, when no signal killed it
  int signal = 0;  // that killed it; 0: none
  // It ended as the daemon asked it to: its conversation was over, or the daemon stopped.
  bool by_daemon = false;
  ServiceLimit limit = ServiceLimit::none;  // that it was killed for
  std::optional<ServiceUse> used{};         // unknown when it ended with the daemon

  /// Whether an operator need not look: it came to its end, or was brought to it.
  bool is_orderly() const { return by_daemon || (signal == 0 && status == 0); }
  bool operator==(const ServiceExit&) const = default;
};

/// Something an operator should read about a service: a line of its stderr, why it could not be
/// started or reached, how its process ended. Valid during the call that passes it.
struct ServiceNote {
  SessionId session{};  // zero: of no conversation
  FlowKey flow{};
  std::string_view service{};  // the command or target as configured
  std::string_view text{};     // printable ASCII, one line of at most note_limit_bytes
  std::optional<ServiceExit> exit{};
};

/// The longest text of a ServiceNote; what is longer is cut and ends in "...".
inline constexpr std::size_t note_limit_bytes = 1024;

}  // namespace apiary
