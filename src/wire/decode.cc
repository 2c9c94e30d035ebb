#include "wire/decode.h"

#include "wire/ethernet.h"

namespace apiary {

tl::expected<DecodedFrame, DecodeError> decode_frame(Bytes frame, LinkLayer link_layer) {
  const auto between = [](const MacAddress& sender, const MacAddress& receiver) {
    return [=](auto content) { return DecodedFrame{sender, receiver, content}; };
  };
  if (link_layer == LinkLayer::raw_ip) return parse_ip(frame).map(between({}, {}));

  const auto ethernet = parse_ethernet(frame);
  if (!ethernet) return tl::unexpected(DecodeError::truncated);
  if (ethernet->vlan != 0) return tl::unexpected(DecodeError::of_vlan);
  const auto decoded = between(ethernet->source, ethernet->destination);
  if (const auto version = ip_version_of(ethernet->type))
    return parse_ip(ethernet->payload, *version).map(decoded);
  if (ethernet->type == EtherType::arp) return parse_arp(ethernet->payload).map(decoded);
  return tl::unexpected(DecodeError::unknown_ether_type);
}

}  // namespace apiary
