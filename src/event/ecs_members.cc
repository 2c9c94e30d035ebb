#include "event/ecs_members.h"

#include <string>
#include <tuple>

#include "event/community_id.h"

namespace apiary {

void EcsMembers::put_flow(const FlowKey& flow, std::uint8_t icmp_type, std::uint8_t icmp_code) {
  const auto& [source, destination] =
      is_outbound_ ? std::tie(flow.local, flow.remote) : std::tie(flow.remote, flow.local);
  put_endpoint("source", source.address).port(flow, source.port);
  put_endpoint("destination", destination.address).port(flow, destination.port);
  put_network(flow, icmp_type, icmp_code, [] {});
}

void EcsMembers::put_service_flow(const FlowKey& flow) {
  if (flow == FlowKey{}) return;
  if (flow.remote != Endpoint{}) return put_flow(flow);
  put_endpoint("destination", flow.local.address);
}

void EcsMembers::begin_network(const FlowKey& flow, std::uint8_t icmp_type,
                               std::uint8_t icmp_code) {
  json_.begin_object("network");
  json_.member("transport", name_of(flow.protocol));
  json_.member("type", flow.remote.address.is_v4() ? "ipv4" : "ipv6");
  json_.plain_member("community_id", [&](std::string& text) {
    append_community_id(text, flow, icmp_type, icmp_code);
  });
  if (is_outbound_) json_.member("direction", "outbound");
}

void EcsMembers::put_fingerprint(std::string_view signature) {
  if (signature.empty()) return;
  json_.begin_object("tcp");
  json_.member("fingerprint", signature);
  json_.end_object();
}

}  // namespace apiary
