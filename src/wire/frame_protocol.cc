#include "wire/frame_protocol.h"

#include "wire/ethernet.h"
#include "wire/ipv4.h"

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
    if (ethernet->type != EtherType::ipv4) return FrameProtocol::other;
    frame = ethernet->payload;
  }
  if (frame.size() < sizeof(wire::Ipv4Header)) return FrameProtocol::other;
  switch (static_cast<IpProtocol>(wire::read<wire::Ipv4Header>(frame).protocol)) {
    case IpProtocol::icmp:
      return FrameProtocol::icmp;
    case IpProtocol::tcp:
      return FrameProtocol::tcp;
    case IpProtocol::udp:
      return FrameProtocol::udp;
  }
  return FrameProtocol::other;
}

}  // namespace apiary
