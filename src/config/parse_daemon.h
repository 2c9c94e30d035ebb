#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Each reads a statement about the daemon as a whole, whose first word was taken. Nothing: it was
/// reported.
std::optional<StatementContent> parse_annotate(TokenReader& reader);
std::optional<StatementContent> parse_option(TokenReader& reader);
std::optional<StatementContent> parse_include(TokenReader& reader);
/// `list`, `debug`
std::optional<StatementContent> parse_query(TokenReader& reader);

}  // namespace apiary
