#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Parses the rest of a statement about routes after its first word. Nothing: reported an error.
std::optional<StatementContent> parse_route(TokenReader& reader);

}  // namespace apiary
