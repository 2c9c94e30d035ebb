#include "wire/decode.h"

#include "wire/ethernet.h"

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

}  // namespace apiary
