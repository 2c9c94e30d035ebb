#pragma once

#include <variant>

#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace apiary {

/// A datagram and its transport header. Spans point into the bytes from which it was parsed.
struct ParsedDatagram {
  IpDatagram ip;
  // monostate: it is a fragment, of another protocol, or its transport header is malformed.
  std::variant<std::monostate, TcpSegment, UdpDatagram, IcmpMessage> transport;

  const TcpSegment* tcp() const { return std::get_if<TcpSegment>(&transport); }
  const UdpDatagram* udp() const { return std::get_if<UdpDatagram>(&transport); }
  const IcmpMessage* icmp() const { return std::get_if<IcmpMessage>(&transport); }
};

/// Parses the transport header of `datagram`. The caller verifies checksums.
ParsedDatagram parse_transport(const IpDatagram& datagram);

}  // namespace apiary
