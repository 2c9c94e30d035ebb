#pragma once

#include <string>
#include <string_view>

namespace apiary {

/// The longest preview of bytes, in characters.
inline constexpr std::size_t max_preview_bytes = 256;

/// Whether it is printable ASCII, the space included.
constexpr bool is_printable(char c) { return c >= ' ' && c <= '~'; }

/// `bytes` as one line of printable ASCII: "\xNN" for other bytes, and "\\" for a backslash. So an
/// attacker can neither control a terminal nor forge a line.
void append_escaped(std::string& text, std::string_view bytes);

/// `text` for a terminal: printable UTF-8 stays, other bytes become "\xNN". Control characters, and
/// those that change the direction of writing, are escaped.
std::string safe_text(std::string_view text);

/// Appends `byte` as append_escaped() does, but leaves a backslash as it is.
void append_printable(std::string& text, char byte);

/// A character of UTF-8, as character_bytes() cuts it, for a terminal that counts columns: itself,
/// or "?" where it is half a character or a control character.
std::string_view one_column(std::string_view character);

/// `text` with one_column() applied to each of its characters.
std::string printable(std::string_view text);

/// The beginning of `bytes` as printable ASCII, with a point for each other byte.
void append_preview(std::string& text, std::string_view bytes);

}  // namespace apiary
