#pragma once

#include <vector>

#include "config/diagnostic.h"
#include "config/token.h"

namespace apiary {

/// The tokens of a configuration, the last one being its end, and what was wrong with them.
struct LexedText {
  std::vector<Token> tokens;
  std::vector<Span> comments;  // each from its '#' to the end of its line
  Diagnostics diagnostics;
};

/// Cuts a file of a configuration into tokens. Spaces and line ends separate words and mean nothing
/// else; '#' starts a comment unless it is quoted. A quoted text may go on over the end of its
/// line, as in Honeyd; but one that a statement or a comment would be part of does not end.
LexedText lex(const SourceFile& file);
/// Of the first file.
LexedText lex(const SourceText& source);

}  // namespace apiary
