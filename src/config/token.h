#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/source_text.h"

namespace apiary {

enum class TokenKind : std::uint8_t {
  word,    // keyword, name, number, address, unquoted command: whatever has no spaces
  quoted,  // text in double quotes
  end,     // of the configuration
};

/// The smallest piece of the language. `text` points into the SourceText.
struct Token {
  TokenKind kind = TokenKind::end;
  bool starts_line = false;  // nothing but spaces stands before it on its line
  Span place;                // with the quotes
  std::string_view text;     // without the quotes, escapes as written

  bool is(std::string_view word) const { return kind == TokenKind::word && text == word; }
};

/// What a quoted token says: \" is a quote and \\ a backslash, any other backslash itself. A line
/// end with the blanks around it is one space.
std::string unescaped(const Token& quoted);

}  // namespace apiary
