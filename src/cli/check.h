#pragma once

#include <string>

#include "setup/load.h"

namespace apiary {

/// Options of `apiary check`.
struct CheckOptions {
  std::string configuration;
  std::string personalities = default_personalities_file;
  std::string service_user = "nobody";
  bool json = false;
  bool strict = false;  // warnings and unsupported statements count as errors
};

/// Prints the errors and warnings of a configuration. Returns the exit status: 1 if it has errors.
/// Needs no privileges.
int run_check(const CheckOptions& options);

}  // namespace apiary
