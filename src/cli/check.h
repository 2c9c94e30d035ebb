#pragma once

#include <string>

#include "setup/load.h"

namespace apiary {

/// What `apiary check` is told.
struct CheckOptions {
  std::string configuration;
  std::string personalities = default_personalities_file;
  std::string service_user = "nobody";
  bool json = false;
  bool strict = false;  // warnings count as errors, and so does what is not acted on yet
};

/// Prints all that is to be said about a configuration. Returns the exit status: 1 when it has
/// errors. Needs no privilege.
int run_check(const CheckOptions& options);

}  // namespace apiary
