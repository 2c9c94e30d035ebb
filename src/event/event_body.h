#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "event/distinct.h"
#include "event/event_id.h"
#include "event/event_kind_spec.h"
#include "session/service_note.h"
#include "telemetry/engine_event.h"

namespace apiary {

class ApiaryMembers;
class EcsMembers;
class EventSentence;

/// The kind of an event, in the order of EventBody.
enum class EventKind : std::uint8_t {
  contact,
  contact_end,
  flow_start,
  flow_end,
  note,
  attempt,
  file,
  credential,
  payload,
  scan,
  icmp,
  address_in_use,
  lease,
  daemon,
  limit,
  events_lost,
  packets_lost,
  packet,
  count_
};
inline constexpr std::size_t event_kind_count = static_cast<std::size_t>(EventKind::count_);

/// Packets by protocol.
struct PacketCounts {
  std::uint64_t icmp = 0, tcp = 0, udp = 0;
  void count(IpProtocol protocol) {
    ++(protocol == IpProtocol::icmp ? icmp : protocol == IpProtocol::tcp ? tcp : udp);
  }
  std::uint64_t total() const { return icmp + tcp + udp; }
};

/// The kinds of events. Each struct is the content of an event, and holds all facts of its kind:
///   spec            its name, classification and documentation
///   write_text()    writes the event as a sentence
///   write_ecs()     writes its members of ECS: source, destination, network first
///   write_apiary()  writes its members under `apiary`, which ECS has no names for
/// and if needed:
///   ecs_classes()   its classification, if that depends on the event
///   held_bytes()    memory that it allocated
/// Members of some names have a meaning for all kinds: `flow`, `source`, `host` and `address` are
/// the visitor and the host, `opened` and `began` are event.start. To add a kind: add its name to
/// EventKind, the struct here and in Body, its functions to
/// *_events.cc, and emit it; then `tools/generate`, docs/events.schema.json and sample_events.h.
namespace events {

/// A source contacted a host for the first time, or again after a silence.
struct Contact {
  FlowKey flow;
  ProbeType type = ProbeType::echo_request;
  std::uint8_t icmp_type = 0, icmp_code = 0;  // if over ICMP
  std::string payload{};                      // the packet's first bytes
  std::string template_name{};                // of the host
  std::string visitor_system{};               // from its SYNs; empty: unknown
  std::string visitor_signature{};            // of its last SYN, as signature_of(); likewise

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
  std::size_t held_bytes() const { return payload.capacity() + template_name.capacity(); }
};

/// A source that sent a host more packets than that of its Contact is silent now.
struct ContactEnd {
  IpAddress source, host;
  Instant began;
  PacketCounts packets;  // that belong to no conversation, the first included

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
};

/// A conversation began.
struct FlowStart {
  FlowKey flow;
  std::string template_name;
  std::string visitor_system{}, visitor_signature{};  // as in Contact

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
};

/// A conversation ended.
struct FlowEnd {
  FlowKey flow;
  EventId start;  // of the FlowStart; zero if unknown
  Instant opened;
  std::uint64_t received_bytes = 0, sent_bytes = 0;
  std::uint64_t received_packets = 0, sent_packets = 0;  // 0: not counted
  FlowEndReason end = apiary::FlowEndReason::closed;
  bool cut = false;  // Payloads do not contain everything

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
};

/// A line that a service wrote for the operator, or how its process ended.
struct Note {
  FlowKey flow;
  EventId start;
  std::string service, text;  // printable ASCII
  std::optional<ServiceExit> exit{};

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
  std::size_t held_bytes() const { return service.capacity() + text.capacity(); }
};

/// A system call that the sandbox of a service's program refused.
struct Attempt {
  FlowKey flow;
  EventId start;
  std::string service;
  std::string call;                  // "ptrace"
  std::optional<Endpoint> target{};  // of connect and sendto
  std::string path{};                // of calls about a file; any bytes
  AttemptKind kind = AttemptKind::call;

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
  std::size_t held_bytes() const { return service.capacity() + call.capacity() + path.capacity(); }
};

/// A file that the program of a service left.
struct File {
  FlowKey flow;
  EventId start;
  std::string service;
  std::string path;  // any bytes
  std::uint64_t bytes = 0;
  std::optional<Sha256> hash{};  // nothing: it was too large, or could not be read

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
  std::size_t held_bytes() const { return service.capacity() + path.capacity(); }
};

/// A name and a password that a visitor tried.
struct Credential {
  FlowKey flow;
  EventId start;
  std::string service;
  std::string user, password;  // any bytes

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
  std::size_t held_bytes() const { return user.capacity() + password.capacity(); }
};

/// Consecutive bytes of one side of a conversation.
struct Payload {
  FlowKey flow;
  EventId start;
  bool from_visitor = true;
  std::uint64_t offset = 0;  // in all bytes of this side
  std::string bytes;

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
  std::size_t held_bytes() const { return bytes.capacity(); }
};

/// A source that contacts many hosts or ports: reported when detected, every minute while it
/// continues, and when it ends. The numbers are totals since its start.
struct Scan {
  IpAddress source;
  Instant began;  // with the source, identifies the scan
  bool is_over = false;
  Distinct hosts, ports;
  PacketCounts packets;
  IpAddress lowest_host, highest_host;
  std::vector<std::uint16_t> first_ports{};  // in the order of contact

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
};

/// A source sent a host a type of ICMP message for the first time.
struct Icmp {
  FlowKey flow;
  std::uint8_t type = 0, code = 0;

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
};

struct AddressInUse {
  IpAddress address;
  MacAddress owner;
  bool is_contested = false;  // Apiary keeps answering

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
};

/// A host got a DHCP lease, or lost it.
struct Lease {
  IpAddress address;
  MacAddress mac;
  IpAddress server;  // unspecified if lost
  std::string template_name;
  bool is_gained = true;
  std::string why{};  // it lost the lease; empty: it did not

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
};

/// A change of the daemon itself.
struct DaemonEvent {
  enum class Kind : std::uint8_t {
    start,
    reload,
    reload_failed,
    change,
    trouble,
    recovery,  // the end of a trouble
    stop,
  };
  Kind kind = Kind::start;
  std::string text;  // a sentence; it may quote the configuration or the system: any bytes

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
  /// Those of its kind, in place of spec.ecs.
  const EcsClasses& ecs_classes() const;
};
std::string_view to_string(DaemonEvent::Kind kind);

/// A limit was reached: packets were not answered, or events not reported.
struct Limit {
  std::string_view name;         // in snake case, for programs; static
  std::string_view description;  // for people; static
  std::uint64_t count = 0;       // since the last event about this limit
  std::uint64_t total = 0;

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
};

/// A sink was too slow or failed, and lost this many events.
struct EventsLost {
  std::string sink;
  std::vector<std::pair<EventKind, std::uint64_t>> counts;

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
};

/// The kernel dropped received packets, since a queue's receive ring was full.
struct PacketsLost {
  std::string interface;
  std::uint64_t count = 0;  // since the last event about this queue
  std::uint64_t total = 0;

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
};

/// A packet of no conversation. Only sinks that want these events get them.
struct Packet {
  FlowKey flow;
  ProbeType type = ProbeType::echo_request;
  std::uint16_t size_bytes = 0;
  std::uint8_t tcp_flags = 0, icmp_type = 0, icmp_code = 0;
  std::string visitor_system{}, visitor_signature{};  // as in Contact

  static const EventKindSpec spec;
  void write_text(EventSentence& sentence) const;
  void write_ecs(EcsMembers& json) const;
  void write_apiary(ApiaryMembers& json) const;
};

using Body = std::variant<Contact, ContactEnd, FlowStart, FlowEnd, Note, Attempt, File, Credential,
                          Payload, Scan, Icmp, AddressInUse, Lease, DaemonEvent, Limit, EventsLost,
                          PacketsLost, Packet>;
static_assert(std::variant_size_v<Body> == event_kind_count);

}  // namespace events

/// The content of an event; the alternatives have the order of EventKind.
using EventBody = events::Body;

}  // namespace apiary
