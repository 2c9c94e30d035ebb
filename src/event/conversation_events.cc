// The kinds of events about conversations and the services that hold them.
#include "base/counted.h"
#include "base/hexadecimal.h"
#include "base/printable.h"
#include "event/apiary_members.h"
#include "event/attack_technique.h"
#include "event/ecs_members.h"
#include "event/escaped_path.h"
#include "event/event_sentence.h"

namespace apiary::events {

constinit const EventKindSpec FlowStart::spec = {
    .kind = EventKind::flow_start,
    .name = "flow_start",
    .title = "connected",
    .group = EventGroup::conversations,
    .tone = EventTone::conversation,
    .severity = SyslogSeverity::informational,
    .ecs = {"event", {"network", "session"}, {"connection", "start"}},
    .emitted_when =
        "a conversation begins: a handshake is complete, or a UDP service gets a datagram",
    .fields = "`apiary.template`, `.visitor_os`, `tcp.fingerprint`"};

void FlowStart::write_text(EventSentence& sentence) const {
  sentence.add_flow(flow);
  sentence.add(": connected {} {}", sentence.is_outbound() ? "by" : "to", template_name);
  sentence.add_system(visitor_system);
}

void FlowStart::write_ecs(EcsMembers& json) const {
  json.put_flow(flow);
  json.put_fingerprint(visitor_signature);
}

void FlowStart::write_apiary(ApiaryMembers& json) const {
  json.json().member("template", template_name);
  json.put_system(visitor_system);
}

constinit const EventKindSpec FlowEnd::spec = {
    .kind = EventKind::flow_end,
    .name = "flow_end",
    .title = "closed",
    .group = EventGroup::conversations,
    .tone = EventTone::conversation,
    .severity = SyslogSeverity::informational,
    .ecs = {"event", {"network", "session"}, {"connection", "end"}},
    .emitted_when = "the conversation ends",
    .fields =
        "bytes, packets, `event.duration`, `apiary.end`; `.payload_cut` if the `payload` "
        "events do not contain everything"};

void FlowEnd::write_text(EventSentence& sentence) const {
  sentence.add_flow(flow);
  sentence.add(": {} after ", to_string(end));
  sentence.add_duration(opened);
  sentence.add("; {} received, {} sent", counted(received_bytes, "byte"),
               counted(sent_bytes, "byte"));
}

void FlowEnd::write_ecs(EcsMembers& json) const {
  const auto put_end = [&](std::string_view name, bool is_remote) {
    const Endpoint& endpoint = is_remote ? flow.remote : flow.local;
    const EcsEndpoint member = json.put_endpoint(name, endpoint.address);
    member.port(flow, endpoint.port);
    if (is_remote)
      member.traffic(received_bytes, received_packets);
    else
      member.traffic(sent_bytes, sent_packets);
  };
  put_end("source", !json.is_outbound());
  put_end("destination", json.is_outbound());
  json.put_network(flow, 8, 0, [&] {
    json.json().member("bytes", received_bytes + sent_bytes);
    if (received_packets + sent_packets > 0)
      json.json().member("packets", received_packets + sent_packets);
  });
}

void FlowEnd::write_apiary(ApiaryMembers& json) const {
  json.put_start(start);
  json.json().member("end", to_string(end));
  if (cut) json.json().member("payload_cut", true);
}

constinit const EventKindSpec Note::spec = {
    .kind = EventKind::note,
    .name = "note",
    .title = "note",
    .group = EventGroup::conversations,
    .tone = EventTone::speech,
    .severity = SyslogSeverity::informational,
    .ecs = {"event", {"network"}, {"info"}},
    .emitted_when =
        "a service writes a line to its stderr, cannot be started or reached, or its "
        "process has ended",
    .fields = "`apiary.service`, `.note`, `.exit`"};

void Note::write_text(EventSentence& sentence) const {
  sentence.add_service(flow, service);
  sentence.add_plain(text);
}

void Note::write_ecs(EcsMembers& json) const { json.put_service_flow(flow); }

void Note::write_apiary(ApiaryMembers& members) const {
  JsonWriter& json = members.json();
  members.put_start(start);
  json.member("service", service);
  json.member("note", text);
  if (!exit) return;
  json.begin_object("exit");
  if (exit->signal == 0)
    json.member("status", exit->status);
  else
    json.member("signal", exit->signal);
  json.member("by_daemon", exit->by_daemon);
  if (exit->limit != ServiceLimit::none) json.member("limit", name_of(exit->limit));
  if (exit->used) {
    json.member("cpu_milliseconds", exit->used->cpu_milliseconds);
    if (exit->used->memory_kib > 0) json.member("memory_kib", exit->used->memory_kib);
  }
  json.end_object();
}

constinit const EventKindSpec Attempt::spec = {
    .kind = EventKind::attempt,
    .name = "attempt",
    .title = "attempted",
    .group = EventGroup::conversations,
    .tone = EventTone::alarm,
    .severity = SyslogSeverity::notice,
    .ecs = {"alert", {"process", "intrusion_detection"}, {"denied"}},
    .emitted_when =
        "the program of a service makes a system call that its sandbox refuses, tries to reach "
        "another machine, or wants a file or a process that it may not have",
    .fields =
        "`apiary.service`, `.attempt`; `file.path` of a file; `threat.technique` where MITRE "
        "ATT&CK has one"};

void Attempt::write_text(EventSentence& sentence) const {
  const bool is_fork = kind == AttemptKind::fork;
  sentence.add_service(flow, service);
  if (target)
    sentence.add("tried to reach {}: the sandbox has no network", to_string(*target));
  else if (is_fork)
    sentence.add_plain("tried to start another process: it has all that it may have");
  else
    sentence.add("tried {}", call);
  if (!path.empty()) {
    sentence.add_plain(" of ");
    sentence.add_escaped(path);
  }
  if (!target && !is_fork) sentence.add_plain(": refused");
}

void Attempt::write_ecs(EcsMembers& members) const {
  JsonWriter& json = members.json();
  members.put_service_flow(flow);
  if (!path.empty()) {
    json.begin_object("file");
    json.member("path", escaped_path(path));
    json.end_object();
  }
  const AttackTechnique* const technique = technique_of(*this);
  if (technique == nullptr) return;
  json.begin_object("threat");
  json.member("framework", "MITRE ATT&CK");
  json.begin_object("technique");
  json.member("id", technique->id);
  json.member("name", technique->name);
  json.end_object();
  json.end_object();
}

void Attempt::write_apiary(ApiaryMembers& members) const {
  JsonWriter& json = members.json();
  members.put_start(start);
  json.member("service", service);
  json.begin_object("attempt");
  json.member("call", call);
  if (target) {
    json.member("address", to_string(target->address));
    json.member("port", target->port.number);
  }
  if (!path.empty()) json.member("path", escaped_path(path));
  if (kind == AttemptKind::fork) json.member("limit", name_of(ServiceLimit::processes));
  json.end_object();
}

constinit const EventKindSpec File::spec = {
    .kind = EventKind::file,
    .name = "file",
    .title = "left a file",
    .group = EventGroup::conversations,
    .tone = EventTone::speech,
    .severity = SyslogSeverity::notice,
    .ecs = {"event", {"file"}, {"creation"}},
    .emitted_when = "the program of a service has ended and left a file in its /tmp or /dev/shm",
    .fields = "`apiary.service`; `file.path`, `.size`, `.hash.sha256`"};

void File::write_text(EventSentence& sentence) const {
  sentence.add("{} > {} \"{}\": left ", to_string(flow.remote), to_string(flow.local), service);
  sentence.add_escaped(path);
  sentence.add(" of {}", counted(bytes, "byte"));
  if (hash) sentence.add(", SHA-256 {}", hexadecimal(*hash));
}

void File::write_ecs(EcsMembers& members) const {
  JsonWriter& json = members.json();
  members.put_flow(flow);
  json.begin_object("file");
  json.member("path", escaped_path(path));
  json.member("size", bytes);
  if (hash) {
    json.begin_object("hash");
    json.member("sha256", hexadecimal(*hash));
    json.end_object();
  }
  json.end_object();
}

void File::write_apiary(ApiaryMembers& json) const {
  json.put_start(start);
  json.json().member("service", service);
}

constinit const EventKindSpec Credential::spec = {
    .kind = EventKind::credential,
    .name = "credential",
    .title = "credential",
    .group = EventGroup::credentials,
    .tone = EventTone::alarm,
    .severity = SyslogSeverity::notice,
    .ecs = {"alert", {"authentication", "intrusion_detection"}, {"info"}},
    .emitted_when =
        R"(a line of a service contains `user="..." password="..."`, and is not a request of another protocol)",
    .fields = "`apiary.credential`, `user.name`"};

void Credential::write_text(EventSentence& sentence) const {
  sentence.add_flow(flow);
  sentence.add_plain(": tried user \"");
  sentence.add_escaped(user);
  sentence.add_plain("\" with password \"");
  sentence.add_escaped(password);
  sentence.add_plain("\"");
}

void Credential::write_ecs(EcsMembers& members) const {
  JsonWriter& json = members.json();
  members.put_flow(flow);
  json.begin_object("user");
  std::string name;
  append_escaped(name, user);
  json.member("name", name);
  json.end_object();
}

void Credential::write_apiary(ApiaryMembers& members) const {
  JsonWriter& json = members.json();
  members.put_start(start);
  json.member("service", service);
  json.begin_object("credential");
  for (const auto& [name, value] : {std::pair{"user", &user}, std::pair{"password", &password}}) {
    json.begin_object(name);
    members.put_bytes(*value);
    json.end_object();
  }
  json.end_object();
}

constinit const EventKindSpec Payload::spec = {
    .kind = EventKind::payload,
    .name = "payload",
    .title = "said",
    .group = EventGroup::conversations,
    .tone = EventTone::speech,
    .severity = SyslogSeverity::informational,
    .ecs = {"event", {"network"}, {"connection", "info"}},
    .emitted_when =
        "one side has sent data: an event ends when the other side sends, after one "
        "second, or at 4 KiB; at most 64 KiB of each side of a conversation",
    .fields = "`apiary.payload`"};

void Payload::write_text(EventSentence& sentence) const {
  sentence.add_flow(flow);
  sentence.add(": {} {}, ", from_visitor ? "received" : "sent", counted(bytes.size(), "byte"));
  sentence.add_beginning(bytes);
}

void Payload::write_ecs(EcsMembers& json) const { json.put_flow(flow); }

void Payload::write_apiary(ApiaryMembers& members) const {
  JsonWriter& json = members.json();
  members.put_start(start);
  json.begin_object("payload");
  json.member("from", from_visitor ? "visitor" : "host");
  json.member("offset", offset);
  members.put_bytes(bytes);
  json.end_object();
}

}  // namespace apiary::events
