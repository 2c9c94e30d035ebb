#include "event/base64.h"

namespace apiary {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

void append_base64(std::string& text, Bytes bytes) {
  std::size_t at = text.size();
  text.resize(at + (bytes.size() + 2) / 3 * 4);
  while (!bytes.empty()) {
    const std::uint32_t b0 = bytes[0], b1 = bytes.size() > 1 ? bytes[1] : 0,
                        b2 = bytes.size() > 2 ? bytes[2] : 0;
    const std::uint32_t group = b0 << 16 | b1 << 8 | b2;
    text[at++] = alphabet[group >> 18];
    text[at++] = alphabet[group >> 12 & 63];
    text[at++] = bytes.size() > 1 ? alphabet[group >> 6 & 63] : '=';
    text[at++] = bytes.size() > 2 ? alphabet[group & 63] : '=';
    bytes = bytes.subspan(bytes.size() < 3 ? bytes.size() : 3);
  }
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return {};
  std::string bytes;
  while (!text.empty()) {
    const bool is_last = text.size() == 4;
    const std::size_t padding = !is_last               ? 0
                                : text.ends_with("==") ? 2
                                : text.ends_with('=')  ? 1
                                                       : 0;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t digit = i >= 4 - padding ? 0 : alphabet.find(text[i]);
      if (digit == std::string_view::npos) return {};
      group = group << 6 | static_cast<std::uint32_t>(digit);
    }
    for (std::size_t i = 0; i < 3 - padding; ++i)
      bytes.push_back(static_cast<char>(group >> (16 - 8 * i) & 0xff));
    text.remove_prefix(4);
  }
  return bytes;
}

}  // namespace apiary
