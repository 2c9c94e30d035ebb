#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "setup/load.h"

namespace apiary {

/// Options of `apiary check`.
struct CheckOptions {
  std::string configuration;
  std::string personalities = default_personalities_file;
  std::string service_user;                    // as root, check looks with that user's permissions
  std::vector<std::uint32_t> allowed_users{};  // that `set ... uid` may name
  bool json = false;
  bool strict = false;  // warnings and unsupported statements count as errors
};

/// Prints the errors and warnings of a configuration. Returns the exit status: 1 if it has errors.
/// Needs no privileges.
int run_check(const CheckOptions& options);

}  // namespace apiary
