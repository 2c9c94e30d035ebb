#pragma once

#include <string_view>

#include "base/json_writer.h"
#include "event/ecs_endpoint.h"
#include "event/event.h"

namespace apiary {

/// Writes the ECS members of an event's JSON that depend on its kind. The functions write_ecs() of
/// the kinds say which.
class EcsMembers {
 public:
  EcsMembers(JsonWriter& json, const Event& event) : json_(json), is_outbound_(event.is_outbound) {}

  JsonWriter& json() { return json_; }
  bool is_outbound() const { return is_outbound_; }

  /// source, destination and network; the type and code of ICMP are for the community id.
  void put_flow(const FlowKey& flow, std::uint8_t icmp_type = 8, std::uint8_t icmp_code = 0);
  /// The same for a service. A subsystem has no visitor, and a shared one no host.
  void put_service_flow(const FlowKey& flow);
  /// network; `more()` adds members to it.
  template <class More>
  void put_network(const FlowKey& flow, std::uint8_t icmp_type, std::uint8_t icmp_code, More more) {
    begin_network(flow, icmp_type, icmp_code);
    more();
    json_.end_object();
  }
  /// "source", "destination", "server".
  EcsEndpoint put_endpoint(std::string_view name, const IpAddress& address) {
    return {json_, name, address};
  }
  /// tcp.fingerprint; empty: nothing.
  void put_fingerprint(std::string_view signature);

 private:
  void begin_network(const FlowKey& flow, std::uint8_t icmp_type, std::uint8_t icmp_code);

  JsonWriter& json_;
  const bool is_outbound_;
};

}  // namespace apiary
