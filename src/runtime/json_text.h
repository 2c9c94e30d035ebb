#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace apiary {

/// `text` as a JSON string with its quotes (RFC 8259 section 7). Bytes are taken for UTF-8.
inline std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      quoted += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      quoted += c;
  }
  return quoted + '"';
}

}  // namespace apiary
