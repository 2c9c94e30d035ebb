#include "record/printable.h"

namespace apiary {
namespace {

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

}  // namespace

void append_escaped(std::string& text, std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  for (const char c : bytes) {
    if (is_printable(c) && c != '\\') {
      text += c;
    } else if (c == '\\') {
      text += "\\\\";
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
  }
}

void append_preview(std::string& text, std::string_view bytes) {
  for (const char c : bytes.substr(0, preview_limit)) text += is_printable(c) ? c : '.';
}

}  // namespace apiary
