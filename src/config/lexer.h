#pragma once

#include <vector>

#include "config/diagnostic.h"
#include "config/token.h"

namespace apiary {

/// The tokens of a configuration, with an end token, and the errors in them.
struct LexedText {
  std::vector<Token> tokens;
  std::vector<Span> comments;  // each from its '#' to the end of its line
  Diagnostics diagnostics;
};

/// Splits a file of a configuration into tokens. Spaces and line ends only separate words; '#'
/// starts a comment unless it is quoted. A quoted text may continue on the next line, as in Honeyd.
/// If it would contain a statement or a comment, it counts as unterminated.
LexedText lex(const SourceFile& file);
/// Tokens of the first file.
LexedText lex(const SourceText& source);

}  // namespace apiary
