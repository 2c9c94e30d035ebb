#pragma once

#include <string>

namespace apiary {

/// Options of `apiary fmt`.
struct FormatOptions {
  std::string configuration;
  bool write = false;  // into the file instead of stdout
};

/// Prints a configuration in its canonical form. Returns the exit status: 1 if it has errors, which
/// it prints.
int run_format(const FormatOptions& options);

}  // namespace apiary
