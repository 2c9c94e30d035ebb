#include "wire/parsed_datagram.h"

namespace apiary {

ParsedDatagram parse_transport(const IpDatagram& datagram) {
  ParsedDatagram parsed{datagram, {}};
  if (datagram.is_fragment()) return parsed;
  switch (static_cast<IpProtocol>(datagram.protocol)) {
    case IpProtocol::tcp:
      if (const auto segment = parse_tcp(datagram.payload))
        parsed.transport.emplace<TcpSegment>(*segment);
      break;
    case IpProtocol::udp:
      if (const auto udp = parse_udp(datagram.payload)) parsed.transport.emplace<UdpDatagram>(*udp);
      break;
    case IpProtocol::icmp:
      if (const auto message = parse_icmp(datagram.payload))
        parsed.transport.emplace<IcmpMessage>(*message);
      break;
  }
  return parsed;
}

}  // namespace apiary
