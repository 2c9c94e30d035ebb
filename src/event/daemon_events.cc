// The kinds of events about the daemon and the addresses that it answers for.
#include <iterator>

#include "base/counted.h"
#include "event/apiary_members.h"
#include "event/ecs_members.h"
#include "event/event_sentence.h"

namespace apiary::events {
namespace {

struct DaemonKindSpec {
  std::string_view name;
  EcsClasses ecs;
};

const DaemonKindSpec& spec_of(DaemonEvent::Kind kind) {
  static constexpr DaemonKindSpec specs[] = {
      {"start", {"event", {"process"}, {"start"}}},
      {"reload", {"event", {"configuration"}, {"change"}}},
      {"reload_failed", {"event", {"configuration"}, {"error"}}},
      {"change", {"event", {"configuration"}, {"change"}}},
      {"trouble", {"event", {"host"}, {"error"}}},
      {"recovery", {"event", {"host"}, {"info"}}},
      {"stop", {"event", {"process"}, {"end"}}},
  };
  static_assert(std::size(specs) == static_cast<std::size_t>(DaemonEvent::Kind::stop) + 1);
  return specs[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string_view to_string(DaemonEvent::Kind kind) { return spec_of(kind).name; }

constinit const EventKindSpec AddressInUse::spec = {
    .kind = EventKind::address_in_use,
    .name = "address_in_use",
    .title = "address in use",
    .group = EventGroup::daemon,
    .tone = EventTone::warning,
    .severity = SyslogSeverity::warning,
    .ecs = {"event", {"network"}, {"info"}},
    .emitted_when = "a real machine has an address that the daemon should answer for",
    .fields = "`destination.mac`, `apiary.contested`"};

void AddressInUse::write_text(EventSentence& sentence) const {
  sentence.add("{} belongs to the real machine {}: {}", to_string(address), to_string(owner),
               is_contested ? "answering for it anyway (--arp=force)" : "not answering for it");
}

void AddressInUse::write_ecs(EcsMembers& json) const {
  json.put_endpoint("destination", address).mac(owner);
}

void AddressInUse::write_apiary(ApiaryMembers& json) const {
  json.json().member("contested", is_contested);
}

constinit const EventKindSpec Lease::spec = {
    .kind = EventKind::lease,
    .name = "lease",
    .title = "lease",
    .group = EventGroup::daemon,
    .tone = EventTone::status,
    .severity = SyslogSeverity::informational,
    .ecs = {"event", {"network"}, {"info"}},
    .emitted_when = "a DHCP server leased an address to a host, or the lease ended",
    .fields = "`destination.mac`, `server.ip`, `apiary.lease`, `.why`"};

void Lease::write_text(EventSentence& sentence) const {
  if (is_gained)
    sentence.add("{} leased by {} to {} ({})", to_string(address), to_string(server), template_name,
                 to_string(mac));
  else
    sentence.add("{} no longer leased to {} ({}): {}", to_string(address), template_name,
                 to_string(mac), why);
}

void Lease::write_ecs(EcsMembers& json) const {
  json.put_endpoint("destination", address).mac(mac);
  if (is_gained) json.put_endpoint("server", server);
}

void Lease::write_apiary(ApiaryMembers& members) const {
  JsonWriter& json = members.json();
  json.member("template", template_name);
  json.member("lease", is_gained ? "gained" : "lost");
  if (!is_gained) json.member("why", why);
}

constinit const EventKindSpec DaemonEvent::spec = {
    .kind = EventKind::daemon,
    .name = "daemon",
    .title = "daemon",
    .group = EventGroup::daemon,
    .tone = EventTone::status,
    .severity = SyslogSeverity::notice,
    .ecs = {"event", {"process"}, {"info"}},
    .emitted_when =
        "the daemon started, was reloaded or changed, has a problem (such as an "
        "interface that is down), recovered from it, or stops",
    .fields = "`apiary.daemon`"};

const EcsClasses& DaemonEvent::ecs_classes() const { return spec_of(kind).ecs; }

void DaemonEvent::write_text(EventSentence& sentence) const { sentence.add_escaped(text); }

void DaemonEvent::write_ecs(EcsMembers&) const {}  // no source and no host

void DaemonEvent::write_apiary(ApiaryMembers& json) const {
  json.json().member("daemon", to_string(kind));
}

constinit const EventKindSpec Limit::spec = {
    .kind = EventKind::limit,
    .name = "limit",
    .title = "limit",
    .group = EventGroup::daemon,
    .tone = EventTone::warning,
    .severity = SyslogSeverity::warning,
    .ecs = {"event", {"host"}, {"error"}},
    .emitted_when =
        "the daemon dropped packets because of a limit (at most one event every 10 "
        "s), or left out events because more than 2,000 contacts, 500 UDP or 5,000 "
        "TCP conversations began in a second",
    .fields =
        "`apiary.limit`: `reason` is a name for programs, such as `connection_limit`, "
        "`description` the same for people"};

void Limit::write_text(EventSentence& sentence) const {
  sentence.add("limit reached: {}, {} ({} in all)", description, counted(count, "time"), total);
}

void Limit::write_ecs(EcsMembers&) const {}

void Limit::write_apiary(ApiaryMembers& members) const {
  JsonWriter& json = members.json();
  json.begin_object("limit");
  json.member("reason", name);
  json.member("description", description);
  json.member("count", count);
  json.member("total", total);
  json.end_object();
}

constinit const EventKindSpec EventsLost::spec = {
    .kind = EventKind::events_lost,
    .name = "events_lost",
    .title = "events lost",
    .group = EventGroup::daemon,
    .tone = EventTone::warning,
    .severity = SyslogSeverity::warning,
    .ecs = {"pipeline_error", {"host"}, {"error"}},
    .emitted_when =
        "a sink lost events: it was too slow or could not write, and its queue was full",
    .fields = "`apiary.lost`"};

void EventsLost::write_text(EventSentence& sentence) const {
  sentence.add("events lost by {}: ", sink);
  const char* separator = "";
  for (const auto& [kind, count] : counts) {
    sentence.add("{}{} {}", separator, count, to_string(kind));
    separator = ", ";
  }
}

void EventsLost::write_ecs(EcsMembers&) const {}

void EventsLost::write_apiary(ApiaryMembers& members) const {
  JsonWriter& json = members.json();
  json.begin_object("lost");
  json.member("sink", sink);
  json.begin_object("counts");
  for (const auto& [kind, count] : counts) json.member(to_string(kind), count);
  json.end_object();
  json.end_object();
}

constinit const EventKindSpec PacketsLost::spec = {
    .kind = EventKind::packets_lost,
    .name = "packets_lost",
    .title = "packets lost",
    .group = EventGroup::daemon,
    .tone = EventTone::warning,
    .severity = SyslogSeverity::warning,
    .ecs = {"event", {"network", "host"}, {"error"}},
    .emitted_when =
        "the kernel dropped received packets, as the daemon was too slow and its ring "
        "full (at most one event of each interface and thread every 10 s)",
    .fields = "`apiary.lost_packets`: number since the last event, and in all"};

void PacketsLost::write_text(EventSentence& sentence) const {
  sentence.add("{} lost on {}: the receive ring was full ({} in all)", counted(count, "packet"),
               interface, total);
}

void PacketsLost::write_ecs(EcsMembers&) const {}

void PacketsLost::write_apiary(ApiaryMembers& members) const {
  JsonWriter& json = members.json();
  json.begin_object("lost_packets");
  json.member("interface", interface);
  json.member("count", count);
  json.member("total", total);
  json.end_object();
}

}  // namespace apiary::events
