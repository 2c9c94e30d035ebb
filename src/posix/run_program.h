#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "posix/system_error.h"

namespace apiary {

/// What a program said that has ended.
struct ProgramResult {
  int status = 0;  // its exit status; 128 and the signal's number when one ended it
  std::string output;
};

/// Runs a program, looked for in PATH, with `input` on its stdin, until it ends. Its stderr is ours
/// or, when `quiet`, nobody's. It is for short errands, not for services: the caller waits.
/// Errors: it cannot be started; ENOENT when there is none of that name.
tl::expected<ProgramResult, SystemError> run_program(const std::vector<std::string>& words,
                                                     std::string_view input, bool quiet);

}  // namespace apiary
