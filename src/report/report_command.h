#pragma once

#include <string>

#include "store/store_reader.h"

namespace apiary {

/// What `apiary report` is told.
struct ReportOptions {
  std::string store = default_store_path;
  std::string output = "-";  // a file; "-": stdout
  Duration period = hours{24};
};

/// Writes a page that tells what was in the store since then. Returns the exit status, 1 after it
/// has said on stderr what is wrong; then the file is as it was.
int run_report(const ReportOptions& options);

}  // namespace apiary
