#include "wire/decode.h"

#include "wire/ethernet.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"

namespace apiary {

tl::expected<DecodedFrame, DecodeError> decode_frame(Bytes frame, LinkLayer link_layer) {
  const auto between = [](const MacAddress& sender, const MacAddress& receiver,
                          const auto& content) -> tl::expected<DecodedFrame, DecodeError> {
    if (!content) return tl::unexpected(content.error());
    tl::expected<DecodedFrame, DecodeError> decoded(DecodedFrame{sender, receiver});
    decoded->content = *content;
    return decoded;
  };
  if (link_layer == LinkLayer::raw_ip) return between({}, {}, parse_ip(frame));

  const auto ethernet = parse_ethernet(frame);
  if (!ethernet) return tl::unexpected(DecodeError::truncated);
  if (ethernet->vlan != 0) return tl::unexpected(DecodeError::of_vlan);
  const MacAddress &sender = ethernet->source, &receiver = ethernet->destination;
  if (const auto version = ip_version_of(ethernet->type))
    return between(sender, receiver, parse_ip(ethernet->payload, *version));
  if (ethernet->type == EtherType::arp)
    return between(sender, receiver, parse_arp(ethernet->payload));
  return tl::unexpected(DecodeError::unknown_ether_type);
}

std::optional<FlowKey> read_flow(Bytes frame, LinkLayer link_layer) {
  if (link_layer == LinkLayer::ethernet) {
    if (frame.size() < sizeof(wire::EthernetHeader)) return {};
    const auto type = EtherType{std::uint16_t{wire::read<wire::EthernetHeader>(frame).ether_type}};
    if (type != EtherType::ipv4) return {};
    frame = frame.subspan(sizeof(wire::EthernetHeader));
  }
  if (ip_version_of(frame) != IpVersion::v4 || frame.size() < sizeof(wire::Ipv4Header)) return {};
  const auto ip = wire::read<wire::Ipv4Header>(frame);
  FlowKey flow{{IpAddress::v4(ip.source), {}},
               {IpAddress::v4(ip.destination), {}},
               static_cast<IpProtocol>(ip.protocol)};
  if (flow.protocol == IpProtocol::tcp &&
      frame.size() >= sizeof ip + sizeof(wire::QuotedTcpHeader)) {
    const auto ports = wire::read<wire::QuotedTcpHeader>(frame.subspan(sizeof ip));
    flow.remote.port = {ports.source_port};
    flow.local.port = {ports.destination_port};
  }
  return flow;
}

}  // namespace apiary
