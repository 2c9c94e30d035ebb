#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "posix/system_error.h"

namespace apiary {

/// Output and status of a program that has ended.
struct ProgramResult {
  int status = 0;  // exit status; 128 + signal number if a signal ended it
  std::string output;
};

/// Runs a program from PATH, with `input` on its stdin, until it ends. Its stderr is ours or, if
/// `quiet`, discarded. For short commands, not for services: the caller waits. Error: it cannot be
/// started; ENOENT if there is no such program.
tl::expected<ProgramResult, SystemError> run_program(const std::vector<std::string>& words,
                                                     std::string_view input, bool quiet);

}  // namespace apiary
