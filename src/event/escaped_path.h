#pragma once

#include <string>
#include <string_view>

#include "base/printable.h"

namespace apiary {

/// The bytes of a file's name as text: what is not printable is escaped.
inline std::string escaped_path(std::string_view bytes) {
  std::string text;
  append_escaped(text, bytes);
  return text;
}

}  // namespace apiary
