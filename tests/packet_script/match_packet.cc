#include "match_packet.h"

#include <fmt/format.h>

#include "base/overloaded.h"
#include "match_payload.h"
#include "wire/decode.h"

namespace apiary::script {
namespace {

using Mismatch = std::optional<std::string>;

Mismatch mismatch_arp(const ArpPattern& expected, const ArpMessage& actual) {
  const bool is_request = actual.operation == ArpOperation::request;
  if (actual.operation != expected.operation)
    return is_request ? "it is a request, not a reply" : "it is a reply, not a request";
  if ((is_request ? actual.target_ip : actual.sender_ip) != expected.asked)
    return "it is about another address";
  if (is_request && expected.asker && actual.sender_ip != *expected.asker)
    return fmt::format("it tells {}", to_string(actual.sender_ip));
  if (!is_request && expected.mac && actual.sender_mac != *expected.mac)
    return fmt::format("it says {}", to_string(actual.sender_mac));
  return {};
}

Mismatch mismatch_ip(const IpPattern& expected, const IpDatagram& actual) {
  if (expected.ttl && actual.hop_limit != *expected.ttl)
    return fmt::format("its ttl is {}", actual.hop_limit);
  if (expected.identification && actual.identification != *expected.identification)
    return fmt::format("its id is {}", actual.identification);
  if (expected.type_of_service && actual.traffic_class != *expected.type_of_service)
    return fmt::format("its tos is {}", actual.traffic_class);
  if (expected.dont_fragment && actual.dont_fragment != *expected.dont_fragment)
    return actual.dont_fragment ? "it has DF" : "it has no DF";
  return {};
}

Mismatch mismatch_datagram(const PacketPattern& expected, const IpDatagram& actual,
                           const Flow* flow) {
  PacketPattern::Ends ends;
  if (expected.ends) {
    ends = *expected.ends;
  } else if (flow != nullptr) {
    ends = {flow->named.key.local, flow->named.key.remote};
  } else {
    return "the line needs a flow, or addresses of its own";
  }
  if (actual.source != ends.source.address)
    return fmt::format("its source is {}", to_string(actual.source));
  if (actual.destination != ends.destination.address)
    return fmt::format("its destination is {}", to_string(actual.destination));
  if (auto difference = mismatch_ip(expected.ip, actual)) return difference;
  return mismatch_payload(expected, ends, actual, flow);
}

}  // namespace

Mismatch mismatch(const PacketPattern& pattern, Bytes frame, LinkLayer link_layer,
                  const Flow* flow) {
  const auto decoded = decode_frame(frame, link_layer);
  if (!decoded) return fmt::format("it cannot be read: {}", to_string(decoded.error()));
  if (pattern.host_mac && decoded->sender != *pattern.host_mac)
    return fmt::format("the source of its frame is {}", to_string(decoded->sender));
  const auto* const expected_arp = std::get_if<ArpPattern>(&pattern.content);
  return std::visit(overloaded{[&](const ArpMessage& arp) -> Mismatch {
                                 if (expected_arp == nullptr) return "it is ARP";
                                 return mismatch_arp(*expected_arp, arp);
                               },
                               [&](const IpDatagram& datagram) -> Mismatch {
                                 if (expected_arp != nullptr) return "it is not ARP";
                                 return mismatch_datagram(pattern, datagram, flow);
                               }},
                    decoded->content);
}

}  // namespace apiary::script
