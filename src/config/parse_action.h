#pragma once

#include <optional>

#include "config/statement.h"
#include "config/token_reader.h"

namespace apiary {

/// Reads what happens to packets for a port of tcp or udp: block, filtered, reset, closed, open,
/// a command, quoted or not, or `proxy HOST:PORT`. Nothing: it was reported.
std::optional<Located<PortAction>> parse_port_action(TokenReader& reader);

/// Reads what happens to packets for ports that no `add` mentions. Like a port's, but a command is
/// quoted, and icmp has none.
std::optional<Located<PortAction>> parse_default_action(TokenReader& reader, IpProtocol protocol);

}  // namespace apiary
