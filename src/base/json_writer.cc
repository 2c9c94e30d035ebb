#include "base/json_writer.h"

#include <fmt/format.h>

#include <iterator>

#include "base/utf8.h"

namespace apiary {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

}  // namespace

void JsonWriter::begin_line() {
  text_ += '\n';
  text_.append(std::size_t{depth_} * layout_.indent, ' ');
}

void JsonWriter::append_number(unsigned long long value) {
  const fmt::format_int digits(value);
  text_.append(digits.data(), digits.size());
}

void JsonWriter::append_real(double value) {
  const std::size_t begin = text_.size();
  fmt::format_to(std::back_inserter(text_), "{}", value);
  if (text_.find_first_of(".e", begin) == text_.npos) text_ += ".0";
}

void JsonWriter::string(std::string_view value) {
  text_ += '"';
  while (!value.empty()) {
    const auto byte = static_cast<unsigned char>(value.front());
    std::size_t length = 1;
    if (byte == '"' || byte == '\\') {
      text_ += '\\';
      text_ += static_cast<char>(byte);
    } else if (byte < 0x20 || (byte == 0x7f && layout_.indent == 0)) {
      append_control(byte);
    } else if (byte < 0x80) {
      text_ += static_cast<char>(byte);
    } else if (length = character_bytes(value); length > 1) {
      text_ += value.substr(0, length);
    } else {
      append_invalid(byte);
    }
    value.remove_prefix(length);
  }
  text_ += '"';
}

void JsonWriter::append_control(unsigned char byte) {
  constexpr std::string_view named = "\b\t\n\f\r", names = "btnfr";
  const std::size_t at = named.find(static_cast<char>(byte));
  if (layout_.indent > 0 && at != named.npos) {
    text_ += '\\';
    text_ += names[at];
    return;
  }
  text_ += "\\u00";
  text_ += hex_digits[byte >> 4];
  text_ += hex_digits[byte & 15];
}

void JsonWriter::append_invalid(unsigned char byte) {
  if (layout_.replaces_invalid_bytes) {
    text_ += "\xef\xbf\xbd";  // U+FFFD
    return;
  }
  text_ += "\\\\x";
  text_ += hex_digits[byte >> 4];
  text_ += hex_digits[byte & 15];
}

}  // namespace apiary
