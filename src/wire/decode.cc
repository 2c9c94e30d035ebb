#include "wire/decode.h"

#include "wire/ethernet.h"

namespace apiary {

tl::expected<DecodedFrame, DecodeError> decode_frame(Bytes frame, LinkLayer link_layer) {
  const auto between = [](const MacAddress& sender, const MacAddress& receiver) {
    return [=](auto content) { return DecodedFrame{sender, receiver, content}; };
  };
  if (link_layer == LinkLayer::raw_ip) return parse_ipv4(frame).map(between({}, {}));

  if (frame.size() < sizeof(wire::EthernetHeader)) return tl::unexpected(DecodeError::truncated);
  const auto header = wire::read<wire::EthernetHeader>(frame);
  const Bytes content = frame.subspan(sizeof header);
  const auto decoded = between(header.source, header.destination);
  switch (static_cast<EtherType>(std::uint16_t{header.ether_type})) {
    case EtherType::ipv4:
      return parse_ipv4(content).map(decoded);
    case EtherType::arp:
      return parse_arp(content).map(decoded);
  }
  return tl::unexpected(DecodeError::unknown_ether_type);
}

}  // namespace apiary
