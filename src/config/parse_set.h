#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Parses the rest of `set TEMPLATE ...` after its first word. Nothing: reported an error.
std::optional<StatementContent> parse_set(TokenReader& reader);

}  // namespace apiary
