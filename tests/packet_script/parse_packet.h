#pragma once

#include "packet_pattern.h"
#include "scanner.h"

namespace apiary::script {

/// Parses the rest of a packet line after its "<" or ">".
PacketPattern parse_packet(Scanner& scanner);

/// Parses "S 1000:1000(0) win 1024 <mss 1460>".
TcpPattern parse_tcp_pattern(Scanner& scanner);

/// Parses the text after "icmp".
IcmpPattern parse_icmp_pattern(Scanner& scanner);

/// "(12)".
std::size_t parse_length(Scanner& scanner);

}  // namespace apiary::script
