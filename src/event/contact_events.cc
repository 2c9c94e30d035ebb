// The kinds of events about packets that belong to no conversation.
#include <string>

#include "base/counted.h"
#include "event/apiary_members.h"
#include "event/ecs_members.h"
#include "event/event_sentence.h"
#include "event/event_text.h"

namespace apiary::events {

constinit const EventKindSpec Contact::spec = {
    .kind = EventKind::contact,
    .name = "contact",
    .title = "contact",
    .group = EventGroup::contacts,
    .tone = EventTone::plain,
    .severity = SyslogSeverity::informational,
    .ecs = {"event", {"network"}, {"connection", "info"}},
    .emitted_when = "a source sends a packet to a host for the first time in 10 s",
    .fields = "`apiary.probe`, `.template`, `.visitor_os`, `.icmp`, `.payload`, `tcp.fingerprint`"};

void Contact::write_text(EventSentence& sentence) const {
  sentence.add_flow(flow);
  if (flow.protocol == IpProtocol::icmp) {
    sentence.add(": {}", icmp_type_name(icmp_type));
  } else {
    sentence.add(": {}", to_string(type));
    if (!payload.empty()) {
      sentence.add_plain(", ");
      sentence.add_beginning(payload);
    }
  }
  sentence.add_system(visitor_system);
}

void Contact::write_ecs(EcsMembers& json) const {
  json.put_flow(flow, icmp_type, icmp_code);
  json.put_fingerprint(visitor_signature);
}

void Contact::write_apiary(ApiaryMembers& json) const {
  json.json().member("template", template_name);
  json.put_system(visitor_system);
  json.json().member("probe", to_string(type));
  if (flow.protocol == IpProtocol::icmp) json.put_icmp(icmp_type, icmp_code);
  if (payload.empty()) return;
  json.json().begin_object("payload");
  json.put_bytes(payload);
  json.json().end_object();
}

constinit const EventKindSpec ContactEnd::spec = {
    .kind = EventKind::contact_end,
    .name = "contact_end",
    .title = "quiet again",
    .group = EventGroup::contacts,
    .tone = EventTone::plain,
    .severity = SyslogSeverity::informational,
    .ecs = {"event", {"network"}, {"connection", "end"}},
    .emitted_when = "the source has been silent for 10 s, after more than one packet",
    .fields = "`apiary.packets`, `event.duration`"};

void ContactEnd::write_text(EventSentence& sentence) const {
  sentence.add("{} > {}: quiet after ", to_string(source), to_string(host));
  sentence.add_counts(packets);
  sentence.add_plain(" in ");
  sentence.add_duration(began);
}

void ContactEnd::write_ecs(EcsMembers& json) const {
  json.put_endpoint("source", source);
  json.put_endpoint("destination", host);
}

void ContactEnd::write_apiary(ApiaryMembers& json) const { json.put_counts(packets); }

constinit const EventKindSpec Scan::spec = {
    .kind = EventKind::scan,
    .name = "scan",
    .title = "scan",
    .group = EventGroup::scans,
    .tone = EventTone::scan,
    .severity = SyslogSeverity::notice,
    .ecs = {"alert", {"network", "intrusion_detection"}, {"info"}},
    .emitted_when =
        "a source has contacted more than 10 hosts or 20 ports; every minute while "
        "the scan continues; when it ends",
    .fields =
        "`apiary.scan`, `.packets`: totals since the start of the scan, of different hosts "
        "and ports; source and `event.start` identify the scan"};

void Scan::write_text(EventSentence& sentence) const {
  sentence.add("{} {} ", to_string(source), is_over ? "has scanned" : "is scanning");
  sentence.add_distinct(hosts, "host");
  sentence.add(" from {} to {}", to_string(lowest_host), to_string(highest_host));
  if (ports.number > 0) {
    sentence.add_plain(", ");
    sentence.add_distinct(ports, "port");
  }
  if (ports.number > 0 && ports.number <= 5) sentence.add(" ({})", fmt::join(first_ports, ", "));
  sentence.add_plain(": ");
  sentence.add_counts(packets);
  sentence.add_plain(" in ");
  sentence.add_duration(began);
}

void Scan::write_ecs(EcsMembers& json) const { json.put_endpoint("source", source); }

void Scan::write_apiary(ApiaryMembers& members) const {
  JsonWriter& json = members.json();
  json.begin_object("scan");
  json.member("over", is_over);
  members.put_distinct("hosts", "hosts_counted", hosts);
  members.put_distinct("ports", "ports_counted", ports);
  json.plain_member("lowest_host", [&](std::string& text) { append_address(text, lowest_host); });
  json.plain_member("highest_host", [&](std::string& text) { append_address(text, highest_host); });
  json.begin_array("first_ports");
  for (const std::uint16_t port : first_ports) json.element(port);
  json.end_array();
  json.end_object();
  members.put_counts(packets);
}

constinit const EventKindSpec Icmp::spec = {
    .kind = EventKind::icmp,
    .name = "icmp",
    .title = "icmp",
    .group = EventGroup::contacts,
    .tone = EventTone::plain,
    .severity = SyslogSeverity::informational,
    .ecs = {"event", {"network"}, {"connection", "info"}},
    .emitted_when = "a source sends a host a type of ICMP message that it has not sent before",
    .fields = "`apiary.icmp`"};

void Icmp::write_text(EventSentence& sentence) const {
  sentence.add_flow(flow);
  sentence.add(": {}", icmp_type_name(type));
}

void Icmp::write_ecs(EcsMembers& json) const { json.put_flow(flow, type, code); }

void Icmp::write_apiary(ApiaryMembers& json) const { json.put_icmp(type, code); }

constinit const EventKindSpec Packet::spec = {
    .kind = EventKind::packet,
    .name = "packet",
    .title = "packet",
    .group = EventGroup::none,
    .tone = EventTone::plain,
    .severity = SyslogSeverity::informational,
    .ecs = {"event", {"network"}, {"connection", "info"}},
    .emitted_when = "a packet does not belong to a conversation; only `-l` uses this event",
    .fields = "`apiary.packet`, `.probe`"};

void Packet::write_text(EventSentence& sentence) const {
  sentence.add_flow(flow);
  sentence.add(": {}, {}", to_string(type), counted(size_bytes, "byte"));
}

void Packet::write_ecs(EcsMembers& json) const {
  json.put_flow(flow, icmp_type, icmp_code);
  json.put_fingerprint(visitor_signature);
}

void Packet::write_apiary(ApiaryMembers& members) const {
  JsonWriter& json = members.json();
  json.member("probe", to_string(type));
  json.begin_object("packet");
  json.member("bytes", size_bytes);
  if (flow.protocol == IpProtocol::tcp) json.member("flags", flag_letters(tcp_flags));
  json.end_object();
  if (flow.protocol == IpProtocol::icmp) members.put_icmp(icmp_type, icmp_code);
}

}  // namespace apiary::events
