#pragma once

#include <string>
#include <string_view>

namespace apiary {

/// Why the system refused: what was tried and, where we know, what the user can do about it.
struct SystemError {
  std::string what;  ///< a sentence without a full stop: "eth9: no such interface; there are eth0"
  int number = 0;    ///< errno; 0 when the refusal is our own
};

/// What was tried and the system's own words for why it failed: "socketpair: Too many open files".
std::string to_string(const SystemError& error);

/// The error of the system call that has just failed, in `errno`.
SystemError last_system_error(std::string what);

/// The same for a call that needs privileges: if they are missing, the message names sudo and the
/// capabilities.
SystemError last_privileged_error(std::string what);

/// Prints on stderr why a command fails; returns its exit status.
int fail(std::string_view sentence);
int fail(const SystemError& error);

}  // namespace apiary
