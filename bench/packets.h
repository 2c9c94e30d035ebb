#pragma once

#include <cstdint>
#include <vector>

#include "base/address.h"
#include "wire/tcp.h"

namespace apiary {

/// Raw IPv4 packets from the visitor 192.0.2.1, like those of nmap or ping.
using PacketBytes = std::vector<std::uint8_t>;

PacketBytes echo_packet(const IpAddress& host);  // 56 bytes of payload, as ping sends
PacketBytes syn_packet(const IpAddress& host, Port source, Port destination);
PacketBytes tcp_packet(const IpAddress& host, const TcpSegment& segment);
PacketBytes udp_packet(const IpAddress& host, Port destination);

}  // namespace apiary
