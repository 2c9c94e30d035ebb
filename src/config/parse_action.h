#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Parses the action of a tcp or udp port: [tarpit], then block, filtered, reset, closed, open, a
/// command, quoted or not, `proxy TARGET` or `internal "SCRIPT"`. Nothing: reported an error.
std::optional<Located<ActionSpec>> parse_port_action(TokenReader& reader);

/// Reports why the command in `quoted` cannot be split into words. `command` is its text.
void check_command(TokenReader& reader, const Token& quoted, std::string_view command);

/// Parses the default action, for ports without an `add`. Like a port's, but a command must be
/// quoted, and icmp has none.
std::optional<Located<ActionSpec>> parse_default_action(TokenReader& reader, IpProtocol protocol);

}  // namespace apiary
