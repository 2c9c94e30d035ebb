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

/// The same of a call that only the privileged may make: a lack of privilege is said in words that
/// help, `sudo` or the capability to give.
SystemError last_privileged_error(std::string what);

/// Says on stderr why a command ends here; returns its exit status.
int fail(std::string_view sentence);
int fail(const SystemError& error);

}  // namespace apiary
