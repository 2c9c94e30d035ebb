#pragma once

#include <string>

namespace apiary {

/// Options of `apiary fmt`.
struct FormatOptions {
  std::string configuration;
  bool write = false;  // back into the file, and not to stdout
};

/// Prints a configuration in its canonical form. Returns the exit status: 1 when it has errors,
/// which are printed.
int run_format(const FormatOptions& options);

}  // namespace apiary
