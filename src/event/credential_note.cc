#include "event/credential_note.h"

#include "base/ascii.h"

namespace apiary {
namespace {

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The text between quotation marks after ` NAME=`.
std::optional<std::string> value_of(std::string_view note, std::string_view name) {
  const std::string opening = std::string(name) + "=\"";
  std::size_t at = note.find(opening);
  while (at != std::string_view::npos && at > 0 && note[at - 1] != ' ')
    at = note.find(opening, at + 1);
  if (at == std::string_view::npos) return {};
  std::string value;
  for (at += opening.size(); at < note.size(); ++at) {
    const char c = note[at];
    if (c == '"') return value;
    if (c != '\\' || at + 1 == note.size()) {
      value += c;
      continue;
    }
    const int high = at + 3 < note.size() ? hex_digit(note[at + 2]) : -1;
    const int low = at + 3 < note.size() ? hex_digit(note[at + 3]) : -1;
    if (note[at + 1] == 'x' && high >= 0 && low >= 0) {
      value += static_cast<char>(high << 4 | low);
      at += 3;
    } else {
      value += note[++at];
    }
  }
  return {};  // no closing mark
}

}  // namespace

std::optional<TriedCredential> read_credential(std::string_view note) {
  auto user = value_of(note, "user"), password = value_of(note, "password");
  if (!user || !password) return {};
  return TriedCredential{std::move(*user), std::move(*password)};
}

}  // namespace apiary
