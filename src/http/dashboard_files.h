#pragma once

#include <span>
#include <string_view>

#include "base/bytes.h"

namespace apiary {

/// A file of the dashboard, as it was built into the program.
struct DashboardFile {
  std::string_view path;  // "/index.html"
  std::string_view type;  // "text/html; charset=utf-8"
  Bytes gzip;             // its bytes, compressed
  bool is_immutable;      // its name changes with its contents
};

/// Empty if the program was built without the dashboard, because npm was missing.
std::span<const DashboardFile> dashboard_files();

}  // namespace apiary
