#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/control_protocol.h"
#include "posix/system_error.h"

namespace apiary {

/// Options of `apiary ctl`.
struct ControlOptions {
  std::string socket = default_control_path;
  bool json = false;
  std::vector<std::string> words;  // of the command
};

/// The command from the words of a command line. A single word stays unchanged. Of several, those
/// with blanks get quotation marks, which the shell removed.
std::string command_of(const std::vector<std::string>& words);

/// Sends a request to the daemon at `path`. Errors: no daemon listens there, no permission, no
/// response.
tl::expected<ControlResponse, SystemError> ask_daemon(const std::string& path,
                                                      const ControlRequest& request);

/// Prints the daemon's response, errors on stderr. Returns the exit status: 1 for an error or
/// without a response.
int run_control(const ControlOptions& options);

}  // namespace apiary
