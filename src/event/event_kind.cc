#include "event/event_kind.h"

#include <algorithm>

namespace apiary {
namespace {

using Group = EventGroup;
using Tone = EventTone;
using Severity = SyslogSeverity;

constexpr std::array<EventKindSpec, event_kind_count> specs = {{
    {.kind = EventKind::contact,
     .name = "contact",
     .title = "contact",
     .group = Group::contacts,
     .tone = Tone::plain,
     .severity = Severity::informational,
     .ecs = {"event", {"network"}, {"connection", "info"}},
     .emitted_when = "a source sends a packet to a host for the first time in 10 s",
     .fields =
         "`apiary.probe`, `.template`, `.visitor_os`, `.icmp`, `.payload`, `tcp.fingerprint`"},
    {.kind = EventKind::contact_end,
     .name = "contact_end",
     .title = "quiet again",
     .group = Group::contacts,
     .tone = Tone::plain,
     .severity = Severity::informational,
     .ecs = {"event", {"network"}, {"connection", "end"}},
     .emitted_when = "the source has been silent for 10 s, after more than one packet",
     .fields = "`apiary.packets`, `event.duration`"},
    {.kind = EventKind::flow_start,
     .name = "flow_start",
     .title = "connected",
     .group = Group::conversations,
     .tone = Tone::conversation,
     .severity = Severity::informational,
     .ecs = {"event", {"network", "session"}, {"connection", "start"}},
     .emitted_when =
         "a conversation begins: a handshake is complete, or a UDP service gets a datagram",
     .fields = "`apiary.template`, `.visitor_os`, `tcp.fingerprint`"},
    {.kind = EventKind::flow_end,
     .name = "flow_end",
     .title = "closed",
     .group = Group::conversations,
     .tone = Tone::conversation,
     .severity = Severity::informational,
     .ecs = {"event", {"network", "session"}, {"connection", "end"}},
     .emitted_when = "the conversation ends",
     .fields = "bytes, packets, `event.duration`, `apiary.end`; `.payload_cut` if the `payload` "
               "events do not contain everything"},
    {.kind = EventKind::note,
     .name = "note",
     .title = "note",
     .group = Group::conversations,
     .tone = Tone::speech,
     .severity = Severity::informational,
     .ecs = {"event", {"network"}, {"info"}},
     .emitted_when = "a service writes a line to its stderr, cannot be started or reached, or its "
                     "process has ended",
     .fields = "`apiary.service`, `.note`, `.exit`"},
    {.kind = EventKind::attempt,
     .name = "attempt",
     .title = "attempted",
     .group = Group::conversations,
     .tone = Tone::alarm,
     .severity = Severity::notice,
     .ecs = {"alert", {"process", "intrusion_detection"}, {"denied"}},
     .emitted_when =
         "the program of a service makes a system call that its sandbox refuses, tries to reach "
         "another machine, or wants a file or a process that it may not have",
     .fields =
         "`apiary.service`, `.attempt`; `file.path` of a file; `threat.technique` where MITRE "
         "ATT&CK has one"},
    {.kind = EventKind::file,
     .name = "file",
     .title = "left a file",
     .group = Group::conversations,
     .tone = Tone::speech,
     .severity = Severity::notice,
     .ecs = {"event", {"file"}, {"creation"}},
     .emitted_when = "the program of a service has ended and left a file in its /tmp or /dev/shm",
     .fields = "`apiary.service`; `file.path`, `.size`, `.hash.sha256`"},
    {.kind = EventKind::credential,
     .name = "credential",
     .title = "credential",
     .group = Group::credentials,
     .tone = Tone::alarm,
     .severity = Severity::notice,
     .ecs = {"alert", {"authentication", "intrusion_detection"}, {"info"}},
     .emitted_when =
         R"(a line of a service contains `user="..." password="..."`, and is not a request of another protocol)",
     .fields = "`apiary.credential`, `user.name`"},
    {.kind = EventKind::payload,
     .name = "payload",
     .title = "said",
     .group = Group::conversations,
     .tone = Tone::speech,
     .severity = Severity::informational,
     .ecs = {"event", {"network"}, {"connection", "info"}},
     .emitted_when = "one side has sent data: an event ends when the other side sends, after one "
                     "second, or at 4 KiB; at most 64 KiB of each side of a conversation",
     .fields = "`apiary.payload`"},
    {.kind = EventKind::scan,
     .name = "scan",
     .title = "scan",
     .group = Group::scans,
     .tone = Tone::scan,
     .severity = Severity::notice,
     .ecs = {"alert", {"network", "intrusion_detection"}, {"info"}},
     .emitted_when = "a source has contacted more than 10 hosts or 20 ports; every minute while "
                     "the scan continues; when it ends",
     .fields = "`apiary.scan`, `.packets`: totals since the start of the scan, of different hosts "
               "and ports; source and `event.start` identify the scan"},
    {.kind = EventKind::icmp,
     .name = "icmp",
     .title = "icmp",
     .group = Group::contacts,
     .tone = Tone::plain,
     .severity = Severity::informational,
     .ecs = {"event", {"network"}, {"connection", "info"}},
     .emitted_when = "a source sends a host a type of ICMP message that it has not sent before",
     .fields = "`apiary.icmp`"},
    {.kind = EventKind::address_in_use,
     .name = "address_in_use",
     .title = "address in use",
     .group = Group::daemon,
     .tone = Tone::warning,
     .severity = Severity::warning,
     .ecs = {"event", {"network"}, {"info"}},
     .emitted_when = "a real machine has an address that the daemon should answer for",
     .fields = "`destination.mac`, `apiary.contested`"},
    {.kind = EventKind::lease,
     .name = "lease",
     .title = "lease",
     .group = Group::daemon,
     .tone = Tone::status,
     .severity = Severity::informational,
     .ecs = {"event", {"network"}, {"info"}},
     .emitted_when = "a DHCP server leased an address to a host, or the lease ended",
     .fields = "`destination.mac`, `server.ip`, `apiary.lease`, `.why`"},
    {.kind = EventKind::daemon,
     .name = "daemon",
     .title = "daemon",
     .group = Group::daemon,
     .tone = Tone::status,
     .severity = Severity::notice,
     .ecs = {"event", {"process"}, {"info"}},
     .emitted_when = "the daemon started, was reloaded or changed, has a problem (such as an "
                     "interface that is down), recovered from it, or stops",
     .fields = "`apiary.daemon`"},
    {.kind = EventKind::limit,
     .name = "limit",
     .title = "limit",
     .group = Group::daemon,
     .tone = Tone::warning,
     .severity = Severity::warning,
     .ecs = {"event", {"host"}, {"error"}},
     .emitted_when = "the daemon dropped packets because of a limit (at most one event every 10 "
                     "s), or left out events because more than 2,000 contacts, 500 UDP or 5,000 "
                     "TCP conversations began in a second",
     .fields = "`apiary.limit`: `reason` is a name for programs, such as `connection_limit`, "
               "`description` the same for people"},
    {.kind = EventKind::events_lost,
     .name = "events_lost",
     .title = "events lost",
     .group = Group::daemon,
     .tone = Tone::warning,
     .severity = Severity::warning,
     .ecs = {"pipeline_error", {"host"}, {"error"}},
     .emitted_when =
         "a sink lost events: it was too slow or could not write, and its queue was full",
     .fields = "`apiary.lost`"},
    {.kind = EventKind::packet,
     .name = "packet",
     .title = "packet",
     .group = Group::none,
     .tone = Tone::plain,
     .severity = Severity::informational,
     .ecs = {"event", {"network"}, {"connection", "info"}},
     .emitted_when = "a packet does not belong to a conversation; only `-l` uses this event",
     .fields = "`apiary.packet`, `.probe`"},
}};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < specs.size(); ++i)
    if (static_cast<std::size_t>(specs[i].kind) != i) return false;
  return true;
}
static_assert(is_in_order(), "a kind has no row, or it is in the wrong place");

}  // namespace

std::string_view name_of(EventGroup group) {
  switch (group) {
    case EventGroup::contacts:
      return "Contacts";
    case EventGroup::scans:
      return "Scans";
    case EventGroup::conversations:
      return "Conversations";
    case EventGroup::credentials:
      return "Credentials";
    case EventGroup::daemon:
      return "The daemon";
    case EventGroup::none:
      break;
  }
  return "";
}

const std::array<EventKindSpec, event_kind_count>& event_kind_specs() { return specs; }

std::optional<EventKind> event_kind_called(std::string_view name) {
  const auto found = std::ranges::find(specs, name, &EventKindSpec::name);
  if (found == specs.end()) return {};
  return found->kind;
}

}  // namespace apiary
