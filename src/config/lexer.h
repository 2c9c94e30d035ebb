#pragma once

#include <vector>

#include "config/diagnostic.h"
#include "config/token.h"

namespace apiary {

/// The tokens of a configuration, the last one being its end, and what was wrong with them.
struct LexedText {
  std::vector<Token> tokens;
  Diagnostics diagnostics;
};

/// Cuts a configuration into tokens. Spaces and line ends separate words and mean nothing else;
/// '#' starts a comment unless it is quoted; a quoted text ends on the line it starts on.
LexedText lex(const SourceText& source);

}  // namespace apiary
