#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Each parses the rest of a statement about templates after its first word. Nothing: reported an
/// error.
std::optional<StatementContent> parse_create(TokenReader& reader);
std::optional<StatementContent> parse_dynamic(TokenReader& reader);
std::optional<StatementContent> parse_clone(TokenReader& reader);
std::optional<StatementContent> parse_delete(TokenReader& reader);
std::optional<StatementContent> parse_add(TokenReader& reader);
std::optional<StatementContent> parse_broadcast(TokenReader& reader);

}  // namespace apiary
