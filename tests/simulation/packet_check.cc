#include "packet_check.h"

#include <fmt/format.h>

#include "wire/checksum.h"
#include "wire/decode.h"
#include "wire/icmp.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace apiary::simulation {
namespace {

using Fault = std::optional<std::string>;

Fault fault_of_transport(const IpDatagram& datagram) {
  if (datagram.is_fragment()) return {};
  const auto protocol = static_cast<IpProtocol>(datagram.protocol);
  std::optional<DecodeError> error;
  switch (protocol) {
    case IpProtocol::icmp:
      if (const auto icmp = parse_icmp(datagram.payload); !icmp) error = icmp.error();
      break;
    case IpProtocol::tcp:
      if (const auto tcp = parse_tcp(datagram.payload); !tcp) error = tcp.error();
      break;
    case IpProtocol::udp:
      if (const auto udp = parse_udp(datagram.payload); !udp) error = udp.error();
      break;
    default:
      return fmt::format("it is of protocol {}", datagram.protocol);
  }
  if (error) return std::string(to_string(*error));
  if (transport_checksum(datagram.source, datagram.destination, protocol, datagram.payload) != 0)
    return "its transport checksum is wrong";
  return {};
}

Fault fault_of_datagram(const IpDatagram& datagram, const EngineSettings& settings) {
  if (!settings.claimed.contains(datagram.source)) return "its source is not claimed";
  const IpAddress& to = datagram.destination;
  if (to.is_multicast() || to.is_broadcast() || to.is_loopback() || to.is_unspecified())
    return "it goes where nothing may go";
  if (datagram.hop_limit == 0) return "its time to live is over";
  return fault_of_transport(datagram);
}

}  // namespace

Fault fault_of(const Packet& packet, const EngineSettings& settings) {
  if (packet.interface.index >= settings.interfaces.size()) return "there is no such interface";
  const InterfaceSettings& interface = settings.interfaces[packet.interface.index];
  const std::size_t link_bytes = interface.link_layer == LinkLayer::ethernet ? 14 : 0;
  if (packet.size() > interface.mtu_bytes + link_bytes) return "it is larger than its link takes";
  const auto decoded = decode_frame(packet.bytes(), interface.link_layer);
  if (!decoded) return std::string(to_string(decoded.error()));
  if (const auto* datagram = std::get_if<IpDatagram>(&decoded->content))
    return fault_of_datagram(*datagram, settings);
  const auto& arp = std::get<ArpMessage>(decoded->content);
  if (arp.sender_mac != decoded->sender) return "it speaks for another machine";
  if (arp.operation == ArpOperation::reply && !settings.claimed.contains(arp.sender_ip))
    return "it claims an address that is not ours";
  return {};
}

}  // namespace apiary::simulation
