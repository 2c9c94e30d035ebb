#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Each parses the rest of a statement about the whole daemon after its first word. Nothing:
/// reported an error.
std::optional<StatementContent> parse_annotate(TokenReader& reader);
std::optional<StatementContent> parse_option(TokenReader& reader);
std::optional<StatementContent> parse_include(TokenReader& reader);
/// `list`, `debug`
std::optional<StatementContent> parse_query(TokenReader& reader);

}  // namespace apiary
