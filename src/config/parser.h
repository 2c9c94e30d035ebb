#pragma once

#include <vector>

#include "config/diagnostic.h"
#include "config/statement.h"

namespace apiary {

/// What a configuration says, statement by statement, and what in it could not be understood.
struct ParsedText {
  std::vector<Statement> statements;
  Diagnostics diagnostics;
};

/// Reads the language of Honeyd, as far as this build acts on it. After an error it goes on with
/// the next line that looks like a statement, so that one mistake is reported once.
ParsedText parse(const SourceText& source);

}  // namespace apiary
