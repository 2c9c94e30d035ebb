#include "event/apiary_members.h"

#include <string>
#include <utility>

#include "base/printable.h"
#include "event/base64.h"
#include "event/ecs_endpoint.h"
#include "event/escaped_path.h"

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

/// Writes the members for each kind of event.
class ApiaryMembers {
 public:
  explicit ApiaryMembers(JsonWriter& json) : json_(json) {}

  void put(const events::Contact& r) const {
    json_.member("template", r.template_name);
    put_system(r.visitor_system);
    json_.member("probe", to_string(r.type));
    if (r.flow.protocol == IpProtocol::icmp) put_icmp(r.icmp_type, r.icmp_code);
    if (r.payload.empty()) return;
    json_.begin_object("payload");
    put_bytes(json_, r.payload);
    json_.end_object();
  }

  void put(const events::ContactEnd& r) const { put_counts(json_, r.packets); }
  void put(const events::FlowStart& r) const {
    json_.member("template", r.template_name);
    put_system(r.visitor_system);
  }
  void put(const events::FlowEnd& r) const {
    put_start(r.start);
    json_.member("end", to_string(r.end));
    if (r.cut) json_.member("payload_cut", true);
  }

  void put(const events::Note& r) const {
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

  void put(const events::Attempt& r) const {
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

  void put(const events::File& r) const {
    put_start(r.start);
    json_.member("service", r.service);
  }

  void put(const events::Credential& r) const {
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

  void put(const events::Payload& r) const {
    put_start(r.start);
    json_.begin_object("payload");
    json_.member("from", r.from_visitor ? "visitor" : "host");
    json_.member("offset", r.offset);
    put_bytes(json_, r.bytes);
    json_.end_object();
  }

  void put(const events::Scan& r) const {
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

  void put(const events::Icmp& r) const { put_icmp(r.type, r.code); }
  void put(const events::AddressInUse& r) const { json_.member("contested", r.is_contested); }
  void put(const events::Lease& r) const {
    json_.member("template", r.template_name);
    json_.member("lease", r.is_gained ? "gained" : "lost");
    if (!r.is_gained) json_.member("why", r.why);
  }

  void put(const events::DaemonEvent& r) const {
    json_.member("daemon", events::to_string(r.kind));
  }

  void put(const events::Limit& r) const {
    json_.begin_object("limit");
    json_.member("reason", r.name);
    json_.member("description", r.description);
    json_.member("count", r.count);
    json_.member("total", r.total);
    json_.end_object();
  }

  void put(const events::EventsLost& r) const {
    json_.begin_object("lost");
    json_.member("sink", r.sink);
    json_.begin_object("counts");
    for (const auto& [kind, count] : r.counts) json_.member(to_string(kind), count);
    json_.end_object();
    json_.end_object();
  }

  void put(const events::Packet& r) const {
    json_.member("probe", to_string(r.type));
    json_.begin_object("packet");
    json_.member("bytes", r.size_bytes);
    if (r.flow.protocol == IpProtocol::tcp) json_.member("flags", flag_letters(r.tcp_flags));
    json_.end_object();
    if (r.flow.protocol == IpProtocol::icmp) put_icmp(r.icmp_type, r.icmp_code);
  }

 private:
  void put_start(const EventId& start) const {
    if (start != EventId{})
      json_.plain_member("flow", [&](std::string& text) { apiary::append(text, start); });
  }

  void put_distinct(std::string_view name, std::string_view how, const Distinct& count) const {
    json_.member(name, count.number);
    json_.member(how, to_string(count.how));
  }

  void put_system(std::string_view name) const {
    if (!name.empty()) json_.member("visitor_os", name);
  }

  void put_icmp(std::uint8_t type, std::uint8_t code) const {
    json_.begin_object("icmp");
    json_.member("type", type);
    json_.member("code", code);
    json_.end_object();
  }

  JsonWriter& json_;
};

}  // namespace

void put_apiary_members(JsonWriter& json, const Event& event) {
  const ApiaryMembers members(json);
  std::visit([&](const auto& body) { members.put(body); }, event.body);
}

}  // namespace apiary
