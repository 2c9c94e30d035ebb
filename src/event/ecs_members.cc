#include "event/ecs_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>

#include "base/hexadecimal.h"
#include "base/printable.h"
#include "event/attack_technique.h"
#include "event/base64.h"
#include "event/community_id.h"
#include "event/ecs_encoder.h"
#include "event/ecs_endpoint.h"

namespace apiary {
namespace {

void put_bytes(JsonWriter& json, std::string_view bytes) {
  json.member("bytes", bytes.size());
  json.plain_member("base64", [&](std::string& text) { append_base64(text, as_bytes(bytes)); });
  std::string preview;
  append_preview(preview, bytes);
  json.member("text", preview);
}

void put_counts(JsonWriter& json, const PacketCounts& counts) {
  json.begin_object("packets");
  json.member("icmp", counts.icmp);
  json.member("tcp", counts.tcp);
  json.member("udp", counts.udp);
  json.end_object();
}

/// "SA": the letters of the set flags, in the order of Honeyd's log.
std::string flag_letters(std::uint8_t flags) {
  constexpr std::string_view letters = "FSRPAUEC";
  std::string text;
  for (std::size_t i = 0; i < letters.size(); ++i)
    if ((flags >> i & 1) != 0) text += letters[i];
  return text;
}

std::string escaped_path(std::string_view bytes) {
  std::string text;
  append_escaped(text, bytes);
  return text;
}

}  // namespace

template <class More>
void EcsMembers::put_network(const FlowKey& flow, std::uint8_t icmp_type, std::uint8_t icmp_code,
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

void EcsMembers::put_times(Instant began) const {
  json_.plain_member("start", [&](std::string& text) { append_time(text, began); });
  json_.member("duration", std::max<std::int64_t>(0, (at_ - began).count()));
}

void EcsMembers::put_start(const EventId& start) const {
  if (start != EventId{})
    json_.plain_member("flow", [&](std::string& text) { apiary::append(text, start); });
}

void EcsMembers::put_distinct(std::string_view name, std::string_view how,
                              const Distinct& count) const {
  json_.member(name, count.number);
  json_.member(how, to_string(count.how));
}

void EcsMembers::put_system(std::string_view name) const {
  if (!name.empty()) json_.member("visitor_os", name);
}

void EcsMembers::put_icmp(std::uint8_t type, std::uint8_t code) const {
  json_.begin_object("icmp");
  json_.member("type", type);
  json_.member("code", code);
  json_.end_object();
}

void EcsMembers::put_pair(const IpAddress& source, const IpAddress& host) const {
  { const EcsEndpoint whole(json_, "source", source); }
  { const EcsEndpoint whole(json_, "destination", host); }
}

void EcsMembers::put_flow(const FlowKey& flow, std::uint8_t icmp_type,
                          std::uint8_t icmp_code) const {
  const auto& [source, destination] =
      is_outbound_ ? std::tie(flow.local, flow.remote) : std::tie(flow.remote, flow.local);
  EcsEndpoint(json_, "source", source.address).port(flow, source.port);
  EcsEndpoint(json_, "destination", destination.address).port(flow, destination.port);
  put_network(flow, icmp_type, icmp_code, [] {});
}

// ── source, destination, network, and whatever else of ECS ──

void EcsMembers::common(const events::Contact& r) const {
  put_flow(r.flow, r.icmp_type, r.icmp_code);
}
void EcsMembers::common(const events::ContactEnd& r) const { put_pair(r.source, r.host); }
void EcsMembers::common(const events::FlowStart& r) const { put_flow(r.flow); }
void EcsMembers::common(const events::FlowEnd& r) const {
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

/// A subsystem has no visitor, and a shared one no host.
void EcsMembers::put_service_flow(const FlowKey& flow) const {
  if (flow == FlowKey{}) return;
  if (flow.remote != Endpoint{}) return put_flow(flow);
  EcsEndpoint(json_, "destination", flow.local.address);
}

void EcsMembers::common(const events::Note& r) const { put_service_flow(r.flow); }

void EcsMembers::common(const events::Attempt& r) const {
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

void EcsMembers::common(const events::File& r) const {
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

void EcsMembers::common(const events::Credential& r) const {
  put_flow(r.flow);
  json_.begin_object("user");
  std::string name;
  append_escaped(name, r.user);
  json_.member("name", name);
  json_.end_object();
}

void EcsMembers::common(const events::Payload& r) const { put_flow(r.flow); }
void EcsMembers::common(const events::Scan& r) const { EcsEndpoint(json_, "source", r.source); }
void EcsMembers::common(const events::Icmp& r) const { put_flow(r.flow, r.type, r.code); }
void EcsMembers::common(const events::AddressInUse& r) const {
  EcsEndpoint(json_, "destination", r.address).mac(r.owner);
}

void EcsMembers::common(const events::Lease& r) const {
  EcsEndpoint(json_, "destination", r.address).mac(r.mac);
  if (r.is_gained) EcsEndpoint(json_, "server", r.server);
}

void EcsMembers::common(const events::Packet& r) const {
  put_flow(r.flow, r.icmp_type, r.icmp_code);
}

// ── under apiary ──

void EcsMembers::own(const events::Contact& r) const {
  json_.member("template", r.template_name);
  put_system(r.visitor_system);
  json_.member("probe", to_string(r.type));
  if (r.flow.protocol == IpProtocol::icmp) put_icmp(r.icmp_type, r.icmp_code);
  if (r.payload.empty()) return;
  json_.begin_object("payload");
  put_bytes(json_, r.payload);
  json_.end_object();
}

void EcsMembers::own(const events::ContactEnd& r) const { put_counts(json_, r.packets); }
void EcsMembers::own(const events::FlowStart& r) const {
  json_.member("template", r.template_name);
  put_system(r.visitor_system);
}
void EcsMembers::own(const events::FlowEnd& r) const {
  put_start(r.start);
  json_.member("end", to_string(r.end));
  if (r.cut) json_.member("payload_cut", true);
}

void EcsMembers::own(const events::Note& r) const {
  put_start(r.start);
  json_.member("service", r.service);
  json_.member("note", r.text);
  if (!r.exit) return;
  json_.begin_object("exit");
  if (r.exit->signal == 0)
    json_.member("status", r.exit->status);
  else
    json_.member("signal", r.exit->signal);
  json_.member("by_daemon", r.exit->by_daemon);
  if (r.exit->limit != ServiceLimit::none) json_.member("limit", name_of(r.exit->limit));
  if (r.exit->used) {
    json_.member("cpu_milliseconds", r.exit->used->cpu_milliseconds);
    if (r.exit->used->memory_kib > 0) json_.member("memory_kib", r.exit->used->memory_kib);
  }
  json_.end_object();
}

void EcsMembers::own(const events::Attempt& r) const {
  put_start(r.start);
  json_.member("service", r.service);
  json_.begin_object("attempt");
  json_.member("call", r.call);
  if (r.target) {
    json_.member("address", to_string(r.target->address));
    json_.member("port", r.target->port.number);
  }
  if (!r.path.empty()) json_.member("path", escaped_path(r.path));
  if (r.kind == AttemptKind::fork) json_.member("limit", name_of(ServiceLimit::processes));
  json_.end_object();
}

void EcsMembers::own(const events::File& r) const {
  put_start(r.start);
  json_.member("service", r.service);
}

void EcsMembers::own(const events::Credential& r) const {
  put_start(r.start);
  json_.member("service", r.service);
  json_.begin_object("credential");
  for (const auto& [name, value] :
       {std::pair{"user", &r.user}, std::pair{"password", &r.password}}) {
    json_.begin_object(name);
    put_bytes(json_, *value);
    json_.end_object();
  }
  json_.end_object();
}

void EcsMembers::own(const events::Payload& r) const {
  put_start(r.start);
  json_.begin_object("payload");
  json_.member("from", r.from_visitor ? "visitor" : "host");
  json_.member("offset", r.offset);
  put_bytes(json_, r.bytes);
  json_.end_object();
}

void EcsMembers::own(const events::Scan& r) const {
  json_.begin_object("scan");
  json_.member("over", r.is_over);
  put_distinct("hosts", "hosts_counted", r.hosts);
  put_distinct("ports", "ports_counted", r.ports);
  json_.plain_member("lowest_host", [&](std::string& t) { append_address(t, r.lowest_host); });
  json_.plain_member("highest_host", [&](std::string& t) { append_address(t, r.highest_host); });
  json_.begin_array("first_ports");
  for (const std::uint16_t port : r.first_ports) json_.element(port);
  json_.end_array();
  json_.end_object();
  put_counts(json_, r.packets);
}

void EcsMembers::own(const events::Icmp& r) const { put_icmp(r.type, r.code); }
void EcsMembers::own(const events::AddressInUse& r) const {
  json_.member("contested", r.is_contested);
}
void EcsMembers::own(const events::Lease& r) const {
  json_.member("template", r.template_name);
  json_.member("lease", r.is_gained ? "gained" : "lost");
  if (!r.is_gained) json_.member("why", r.why);
}

void EcsMembers::own(const events::DaemonEvent& r) const {
  json_.member("daemon", events::to_string(r.kind));
}

void EcsMembers::own(const events::Limit& r) const {
  json_.begin_object("limit");
  json_.member("reason", r.name);
  json_.member("description", r.description);
  json_.member("count", r.count);
  json_.member("total", r.total);
  json_.end_object();
}

void EcsMembers::own(const events::EventsLost& r) const {
  json_.begin_object("lost");
  json_.member("sink", r.sink);
  json_.begin_object("counts");
  for (const auto& [kind, count] : r.counts) json_.member(to_string(kind), count);
  json_.end_object();
  json_.end_object();
}

void EcsMembers::own(const events::Packet& r) const {
  json_.member("probe", to_string(r.type));
  json_.begin_object("packet");
  json_.member("bytes", r.size_bytes);
  if (r.flow.protocol == IpProtocol::tcp) json_.member("flags", flag_letters(r.tcp_flags));
  json_.end_object();
  if (r.flow.protocol == IpProtocol::icmp) put_icmp(r.icmp_type, r.icmp_code);
}

}  // namespace apiary
