#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Reads what happens to packets for a port of tcp or udp: [tarpit] and then block, filtered,
/// reset, closed, open, a command, quoted or not, `proxy HOST:PORT` or `internal "SCRIPT"`.
/// Nothing: it was reported.
std::optional<Located<ActionSpec>> parse_port_action(TokenReader& reader);

/// Reports what keeps a command in `quoted` from being split: `command` is its text.
void check_command(TokenReader& reader, const Token& quoted, std::string_view command);

/// Reads what happens to packets for ports that no `add` mentions. Like a port's, but a command is
/// quoted, and icmp has none.
std::optional<Located<ActionSpec>> parse_default_action(TokenReader& reader, IpProtocol protocol);

}  // namespace apiary
