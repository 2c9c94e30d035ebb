#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Whether the next word starts a condition.
bool at_condition(const TokenReader& reader);

/// Parses `source os = "NAME"`, `source ip = NET`, `time between T - T`, `[proto] PROTOCOL` or
/// `otherwise`. Nothing: reported an error.
std::optional<Located<Condition>> parse_condition(TokenReader& reader);

}  // namespace apiary
