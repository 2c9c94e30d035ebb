#pragma once

#include <variant>

#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace apiary {

/// A datagram and what its transport header says. All spans point into the bytes that it was read
/// from.
struct ParsedDatagram {
  IpDatagram ip;
  // monostate: it is a fragment, of another protocol, or its header makes no sense.
  std::variant<std::monostate, TcpSegment, UdpDatagram, IcmpMessage> transport;

  const TcpSegment* tcp() const { return std::get_if<TcpSegment>(&transport); }
  const UdpDatagram* udp() const { return std::get_if<UdpDatagram>(&transport); }
  const IcmpMessage* icmp() const { return std::get_if<IcmpMessage>(&transport); }
};

/// Reads the transport header of `datagram`. Checksums are the caller's.
ParsedDatagram parse_transport(const IpDatagram& datagram);

}  // namespace apiary
