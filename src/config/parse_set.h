#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Reads `set TEMPLATE ...`, whose first word was taken. Nothing: it was reported.
std::optional<StatementContent> parse_set(TokenReader& reader);

}  // namespace apiary
