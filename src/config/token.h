#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/source_text.h"

namespace apiary {

enum class TokenKind : std::uint8_t {
  word,    // keyword, name, number, address, unquoted command: no spaces
  quoted,  // text in double quotes
  end,     // of the configuration
};

/// A token of the language. `text` points into the SourceText.
struct Token {
  TokenKind kind = TokenKind::end;
  bool starts_line = false;  // only spaces precede it on its line
  Span place;                // including the quotes
  std::string_view text;     // without the quotes, escapes as written

  bool is(std::string_view word) const { return kind == TokenKind::word && text == word; }
};

/// The value of a quoted token: \" is a quote and \\ a backslash; any other backslash is itself. A
/// line end with the blanks around it is one space.
std::string unescaped(const Token& quoted);

}  // namespace apiary
