#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Each reads a statement about who is where, whose first word was taken. Nothing: it was reported.
std::optional<StatementContent> parse_bind(TokenReader& reader);
std::optional<StatementContent> parse_dhcp(TokenReader& reader);

}  // namespace apiary
