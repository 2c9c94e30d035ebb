#pragma once

#include <string>
#include <string_view>

namespace apiary {

/// A failed system call: the operation and, if known, what the user can do.
struct SystemError {
  std::string what;  ///< a sentence without a full stop: "eth9: no such interface; there are eth0"
  int number = 0;    ///< errno; 0 if the failure is not a system call's
};

/// The operation and the system's text for errno: "socketpair: Too many open files".
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
