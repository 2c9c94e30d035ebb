#include "base/printable.h"

#include "base/utf8.h"

namespace apiary {
namespace {

void append_spelled(std::string& text, char c) {
  constexpr char digits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  text += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
}

/// Whether a character of several bytes controls the terminal: C1 controls, line and paragraph
/// separators, and marks that change the direction of writing.
bool steers_text(std::string_view character) {
  if (character.size() == 2) return character[0] == '\xc2' && character[1] < '\xa0';
  if (!character.starts_with("\xe2\x80") && !character.starts_with("\xe2\x81")) return false;
  const auto third = static_cast<unsigned char>(character[2]);
  return character[1] == '\x80'
             ? (third >= 0x8b && third <= 0x8f) || (third >= 0xa8 && third <= 0xae)
             : third >= 0xa0 && third <= 0xaf;
}

}  // namespace

void append_escaped(std::string& text, std::string_view bytes) {
  for (const char c : bytes) {
    if (c == '\\') text += c;
    append_printable(text, c);
  }
}

void append_printable(std::string& text, char byte) {
  if (is_printable(byte))
    text += byte;
  else
    append_spelled(text, byte);
}

std::string_view one_column(std::string_view character) {
  if (character.size() == 1) return is_printable(character[0]) ? character : "?";
  const bool is_c1_control =
      character[0] == '\xc2' && static_cast<unsigned char>(character[1]) < 0xa0;
  return is_c1_control ? "?" : character;
}

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, character_bytes(text));
    result += one_column(character);
    text.remove_prefix(character.size());
  }
  return result;
}

std::string safe_text(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, character_bytes(text));
    const bool steers =
        character.size() == 1 ? !is_printable(character[0]) : steers_text(character);
    if (!steers) {
      safe += character;
    } else {
      for (const char c : character) append_spelled(safe, c);
    }
    text.remove_prefix(character.size());
  }
  return safe;
}

void append_preview(std::string& text, std::string_view bytes) {
  for (const char c : bytes.substr(0, max_preview_bytes)) text += is_printable(c) ? c : '.';
}

}  // namespace apiary
