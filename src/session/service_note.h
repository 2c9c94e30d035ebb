#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "session/session.h"

namespace apiary {

/// The resources that a process used: processor time, its own and of those it waited for, and
/// the most memory that one of them had, if more than the process that started it had; else 0.
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

/// The purpose of a refused system call.
enum class AttemptKind : std::uint8_t {
  call,         // something that the sandbox refuses to all
  message,      // reached another machine
  read_file,    // opened a file
  change_file,  // opened a file for writing, changed it, or made, moved or removed its name
  fork          // started a process or thread beyond the bound
};

/// A system call of a program that its sandbox refused.
struct ServiceAttempt {
  std::string_view call;             // "ptrace"
  std::optional<Endpoint> target{};  // of `message`
  std::string_view path{};           // of a file; any bytes
  AttemptKind kind = AttemptKind::call;
};

/// SHA-256 (FIPS 180-4).
using Sha256 = std::array<std::uint8_t, 32>;

/// A file that a program left in its own folders when it ended.
struct ServiceFile {
  std::string_view path{};  // any bytes
  std::uint64_t bytes = 0;
  std::optional<Sha256> hash{};  // nothing: it was too large, or could not be read
  int descriptor = -1;           // to read it, during the call; -1: none
};

/// A message about a service for the operator: a line of its stderr, why it did not start, why a
/// proxy did not reach its target, what its program attempted or left, or how its process ended.
/// Valid during the call that passes it.
struct ServiceNote {
  SessionId session{};  // zero: not about a conversation
  FlowKey flow{};
  std::string_view service{};  // the command or target as configured
  std::string_view text{};     // printable ASCII, one line of at most note_limit_bytes
  std::optional<ServiceExit> exit{};
  std::optional<ServiceAttempt> attempt{};
  std::optional<ServiceFile> file{};
};

/// The length of the longest text of a ServiceNote. A longer text is cut and ends in "...".
inline constexpr std::size_t note_limit_bytes = 1024;

}  // namespace apiary
