#include "wire/frame_protocol.h"

#include "wire/ethernet.h"
#include "wire/ip.h"

namespace apiary {

std::string_view to_string(FrameProtocol protocol) {
  switch (protocol) {
    case FrameProtocol::icmp:
      return "icmp";
    case FrameProtocol::tcp:
      return "tcp";
    case FrameProtocol::udp:
      return "udp";
    case FrameProtocol::arp:
      return "arp";
    case FrameProtocol::other:
    case FrameProtocol::count_:
      break;
  }
  return "other";
}

FrameProtocol protocol_of(Bytes frame, LinkLayer link_layer) {
  if (link_layer == LinkLayer::ethernet) {
    const auto ethernet = parse_ethernet(frame);
    if (!ethernet) return FrameProtocol::other;
    if (ethernet->type == EtherType::arp) return FrameProtocol::arp;
    if (!ip_version_of(ethernet->type)) return FrameProtocol::other;
    frame = ethernet->payload;
  }
  const auto protocol = read_ip_protocol(frame);
  return protocol ? protocol_of_ip(*protocol) : FrameProtocol::other;
}

}  // namespace apiary
