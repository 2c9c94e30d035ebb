#include "build_packet.h"

#include <algorithm>

#include "base/overloaded.h"
#include "build_payload.h"
#include "wire/ethernet.h"
#include "wire/ip.h"

namespace apiary::script {
namespace {

Frame with_link_layer(Bytes content, EtherType type, const PacketPattern& pattern,
                      LinkLayer link_layer) {
  Frame frame;
  if (link_layer == LinkLayer::ethernet) {
    frame.resize(sizeof(wire::EthernetHeader));
    const MacAddress usual = type == EtherType::arp ? broadcast_mac : our_mac;
    wire::write(wire::EthernetHeader{pattern.host_mac.value_or(usual), visitor_mac,
                                     static_cast<std::uint16_t>(type)},
                frame);
  }
  frame.insert(frame.end(), content.begin(), content.end());
  return frame;
}

Frame build_arp(const ArpPattern& arp, const IpAddress& visitor) {
  ArpMessage message;
  message.operation = arp.operation;
  const bool is_request = arp.operation == ArpOperation::request;
  message.sender_mac = arp.mac.value_or(visitor_mac);
  message.sender_ip = is_request ? arp.asker.value_or(visitor) : arp.asked;
  message.target_mac = is_request ? MacAddress{} : our_mac;
  message.target_ip = is_request ? arp.asked : visitor;
  Frame bytes(arp_size_bytes);
  emit_arp(message, bytes);
  return bytes;
}

Frame build_datagram(const IpDatagram& header, Bytes payload) {
  Frame bytes(ip_header_size_bytes(header) + payload.size());
  emit_ip_header(header, payload.size(), bytes);
  std::copy(payload.begin(), payload.end(),
            bytes.begin() + static_cast<std::ptrdiff_t>(ip_header_size_bytes(header)));
  return bytes;
}

std::vector<Frame> build_fragments(IpDatagram header, Bytes payload, std::size_t size) {
  std::vector<Frame> fragments;
  for (std::size_t offset = 0; offset < payload.size(); offset += size) {
    const std::size_t count = std::min(size, payload.size() - offset);
    header.fragment_offset_bytes = static_cast<std::uint16_t>(offset);
    header.more_fragments = offset + count < payload.size();
    fragments.push_back(build_datagram(header, payload.subspan(offset, count)));
  }
  return fragments;
}

/// `fragments` in `order`, which counts from 1; unchanged if `order` is empty.
tl::expected<std::vector<Frame>, std::string> in_order(const std::vector<Frame>& fragments,
                                                       const std::vector<std::size_t>& order) {
  if (order.empty()) return fragments;
  std::vector<Frame> result;
  for (const std::size_t number : order) {
    if (number == 0 || number > fragments.size())
      return tl::unexpected("there are only " + std::to_string(fragments.size()) + " fragments");
    result.push_back(fragments[number - 1]);
  }
  return result;
}

}  // namespace

tl::expected<std::vector<Frame>, std::string> build_frames(const PacketPattern& pattern, Flow* flow,
                                                           LinkLayer link_layer) {
  if (const auto* raw = std::get_if<RawPattern>(&pattern.content))
    return std::vector<Frame>{raw->bytes};
  PacketPattern::Ends ends;
  if (pattern.ends) {
    ends = *pattern.ends;
  } else if (flow != nullptr) {
    ends = {flow->named.key.remote, flow->named.key.local};
  } else {
    return tl::unexpected(std::string("the packet needs a flow, or addresses of its own"));
  }
  if (const auto* arp = std::get_if<ArpPattern>(&pattern.content)) {
    if (link_layer != LinkLayer::ethernet)
      return tl::unexpected(std::string("ARP needs 'link ethernet'"));
    const Frame content = build_arp(*arp, ends.source.address);
    return std::vector<Frame>{with_link_layer(content, EtherType::arp, pattern, link_layer)};
  }

  const auto payload = build_payload(pattern, ends, flow);
  if (!payload) return tl::unexpected(payload.error());
  const IpDatagram header{
      .source = ends.source.address,
      .destination = ends.destination.address,
      .protocol = payload->protocol,
      .hop_limit = pattern.ip.ttl.value_or(64),
      .traffic_class = pattern.ip.type_of_service.value_or(0),
      .identification = pattern.ip.identification.value_or(0),
      .dont_fragment = pattern.ip.dont_fragment.value_or(false),
      .options = {},
      .payload = {},
      .whole = {},
  };
  auto frames = pattern.fragment_bytes == 0
                    ? std::vector<Frame>{build_datagram(header, payload->bytes)}
                    : build_fragments(header, payload->bytes, pattern.fragment_bytes);
  for (Frame& frame : frames) {
    if (pattern.bad_ip_checksum) frame[10] ^= 0x55;
    frame = with_link_layer(frame, EtherType::ipv4, pattern, link_layer);
  }
  return in_order(frames, pattern.fragment_order);
}

}  // namespace apiary::script
