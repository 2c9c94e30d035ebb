#include "event/json_writer.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace apiary {

void JsonWriter::append_number(unsigned long long value) {
  const fmt::format_int digits(value);
  text_.append(digits.data(), digits.size());
}

void JsonWriter::string(std::string_view value) {
  constexpr char digits[] = "0123456789abcdef";
  text_ += '"';
  while (!value.empty()) {
    const auto byte = static_cast<unsigned char>(value.front());
    if (byte == '"' || byte == '\\') {
      text_ += '\\';
      text_ += static_cast<char>(byte);
    } else if (byte < 0x20 || byte == 0x7f) {
      text_ += "\\u00";
      text_ += digits[byte >> 4];
      text_ += digits[byte & 15];
    } else if (byte < 0x80) {
      text_ += static_cast<char>(byte);
    } else if (const std::size_t length = character_bytes(value); length > 1) {
      text_ += value.substr(0, length);
      value.remove_prefix(length);
      continue;
    } else {
      text_ += "\\\\x";
      text_ += digits[byte >> 4];
      text_ += digits[byte & 15];
    }
    value.remove_prefix(1);
  }
  text_ += '"';
}

}  // namespace apiary
