#include "event/ecs_members.h"

#include <algorithm>
#include <tuple>

#include "base/hexadecimal.h"
#include "base/printable.h"
#include "event/attack_technique.h"
#include "event/community_id.h"
#include "event/ecs_encoder.h"
#include "event/ecs_endpoint.h"
#include "event/escaped_path.h"

namespace apiary {
namespace {

/// Writes the members for each kind of event; source, destination and network first.
class EcsMembers {
 public:
  EcsMembers(JsonWriter& json, const Event& event)
      : json_(json), at_(event.at), is_outbound_(event.is_outbound) {}

  void put(const events::Contact& r) const {
    put_flow(r.flow, r.icmp_type, r.icmp_code);
    put_fingerprint(r.visitor_signature);
  }

  void put(const events::ContactEnd& r) const { put_pair(r.source, r.host); }

  void put(const events::FlowStart& r) const {
    put_flow(r.flow);
    put_fingerprint(r.visitor_signature);
  }

  void put(const events::FlowEnd& r) const {
    const auto put_end = [&](std::string_view name, bool is_remote) {
      const Endpoint& end = is_remote ? r.flow.remote : r.flow.local;
      const EcsEndpoint json(json_, name, end.address);
      json.port(r.flow, end.port);
      if (is_remote)
        json.traffic(r.received_bytes, r.received_packets);
      else
        json.traffic(r.sent_bytes, r.sent_packets);
    };
    put_end("source", !is_outbound_);
    put_end("destination", is_outbound_);
    put_network(r.flow, 8, 0, [&] {
      json_.member("bytes", r.received_bytes + r.sent_bytes);
      if (r.received_packets + r.sent_packets > 0)
        json_.member("packets", r.received_packets + r.sent_packets);
    });
  }

  void put(const events::Note& r) const { put_service_flow(r.flow); }

  void put(const events::Attempt& r) const {
    put_service_flow(r.flow);
    if (!r.path.empty()) {
      json_.begin_object("file");
      json_.member("path", escaped_path(r.path));
      json_.end_object();
    }
    const AttackTechnique* const technique = technique_of(r);
    if (technique == nullptr) return;
    json_.begin_object("threat");
    json_.member("framework", "MITRE ATT&CK");
    json_.begin_object("technique");
    json_.member("id", technique->id);
    json_.member("name", technique->name);
    json_.end_object();
    json_.end_object();
  }

  void put(const events::File& r) const {
    put_flow(r.flow);
    json_.begin_object("file");
    json_.member("path", escaped_path(r.path));
    json_.member("size", r.bytes);
    if (r.hash) {
      json_.begin_object("hash");
      json_.member("sha256", hexadecimal(*r.hash));
      json_.end_object();
    }
    json_.end_object();
  }

  void put(const events::Credential& r) const {
    put_flow(r.flow);
    json_.begin_object("user");
    std::string name;
    append_escaped(name, r.user);
    json_.member("name", name);
    json_.end_object();
  }

  void put(const events::Payload& r) const { put_flow(r.flow); }

  void put(const events::Scan& r) const { EcsEndpoint(json_, "source", r.source); }

  void put(const events::Icmp& r) const { put_flow(r.flow, r.type, r.code); }

  void put(const events::AddressInUse& r) const {
    EcsEndpoint(json_, "destination", r.address).mac(r.owner);
  }

  void put(const events::Lease& r) const {
    EcsEndpoint(json_, "destination", r.address).mac(r.mac);
    if (r.is_gained) EcsEndpoint(json_, "server", r.server);
  }

  void put(const events::Packet& r) const {
    put_flow(r.flow, r.icmp_type, r.icmp_code);
    put_fingerprint(r.visitor_signature);
  }
  // These have no source or host.
  void put(const events::DaemonEvent&) const {}
  void put(const events::Limit&) const {}
  void put(const events::EventsLost&) const {}

  /// event.start and event.duration.
  template <class T>
  void times(const T& r) const {
    if constexpr (requires { r.opened; })
      put_times(r.opened);
    else if constexpr (requires { r.began; })
      put_times(r.began);
  }

 private:
  template <class More>
  void put_network(const FlowKey& flow, std::uint8_t icmp_type, std::uint8_t icmp_code,
                   More more) const {
    json_.begin_object("network");
    json_.member("transport", name_of(flow.protocol));
    json_.member("type", flow.remote.address.is_v4() ? "ipv4" : "ipv6");
    json_.plain_member("community_id", [&](std::string& text) {
      append_community_id(text, flow, icmp_type, icmp_code);
    });
    if (is_outbound_) json_.member("direction", "outbound");
    more();
    json_.end_object();
  }

  void put_fingerprint(std::string_view signature) const {
    if (signature.empty()) return;
    json_.begin_object("tcp");
    json_.member("fingerprint", signature);
    json_.end_object();
  }

  void put_times(Instant began) const {
    json_.plain_member("start", [&](std::string& text) { append_time(text, began); });
    json_.member("duration", std::max<std::int64_t>(0, (at_ - began).count()));
  }

  void put_pair(const IpAddress& source, const IpAddress& host) const {
    { const EcsEndpoint whole(json_, "source", source); }
    { const EcsEndpoint whole(json_, "destination", host); }
  }

  void put_flow(const FlowKey& flow, std::uint8_t icmp_type = 8, std::uint8_t icmp_code = 0) const {
    const auto& [source, destination] =
        is_outbound_ ? std::tie(flow.local, flow.remote) : std::tie(flow.remote, flow.local);
    EcsEndpoint(json_, "source", source.address).port(flow, source.port);
    EcsEndpoint(json_, "destination", destination.address).port(flow, destination.port);
    put_network(flow, icmp_type, icmp_code, [] {});
  }

  /// A subsystem has no visitor, and a shared one no host.
  void put_service_flow(const FlowKey& flow) const {
    if (flow == FlowKey{}) return;
    if (flow.remote != Endpoint{}) return put_flow(flow);
    EcsEndpoint(json_, "destination", flow.local.address);
  }

  JsonWriter& json_;
  Instant at_;  // the event's
  bool is_outbound_;
};

}  // namespace

void put_ecs_members(JsonWriter& json, const Event& event) {
  const EcsMembers members(json, event);
  std::visit([&](const auto& body) { members.put(body); }, event.body);
}

void put_event_times(JsonWriter& json, const Event& event) {
  const EcsMembers members(json, event);
  std::visit([&](const auto& body) { members.times(body); }, event.body);
}

}  // namespace apiary
