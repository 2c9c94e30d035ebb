#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Each parses the rest of a `bind` or similar statement after its first word. Nothing: reported an
/// error.
std::optional<StatementContent> parse_bind(TokenReader& reader);
std::optional<StatementContent> parse_dhcp(TokenReader& reader);

}  // namespace apiary
