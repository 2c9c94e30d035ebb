#pragma once

#include <span>
#include <string_view>

#include "base/bytes.h"

namespace apiary {

/// A file of the page, as it was built into the program.
struct PageFile {
  std::string_view path;  // "/index.html"
  std::string_view type;  // "text/html; charset=utf-8"
  Bytes gzip;             // its bytes, compressed
  bool is_immutable;      // its name changes with its contents
};

/// Empty when the program was built without the page: npm was not there.
std::span<const PageFile> page_files();

}  // namespace apiary
