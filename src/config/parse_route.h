#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Reads a statement about routes whose first word was taken. Nothing: it was reported.
std::optional<StatementContent> parse_route(TokenReader& reader);

}  // namespace apiary
