/// event/: what users see. It aggregates notifications of the engine, the services and the daemon
/// into events: a sweep over many hosts is one event, not one per packet. An event is written as a
/// sentence (event_text.h) or as JSON (ecs_encoder.h). The folder lies above the I/O line: it reads
/// no clock and opens no file; sinks do.
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
#include "event/event_kind.h"
#include "session/service_note.h"
#include "telemetry/engine_event.h"

namespace apiary {

/// Packets by protocol.
struct PacketCounts {
  std::uint64_t icmp = 0, tcp = 0, udp = 0;
  void count(IpProtocol protocol) {
    ++(protocol == IpProtocol::icmp ? icmp : protocol == IpProtocol::tcp ? tcp : udp);
  }
  std::uint64_t total() const { return icmp + tcp + udp; }
};

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
};

/// A source that sent a host more packets than that of its Contact is silent now.
struct ContactEnd {
  IpAddress source, host;
  Instant began;
  PacketCounts packets;  // that belong to no conversation, the first included
};

/// A conversation began.
struct FlowStart {
  FlowKey flow;
  std::string template_name;
  std::string visitor_system{}, visitor_signature{};  // as in Contact
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
};

/// A line that a service wrote for the operator, or how its process ended.
struct Note {
  FlowKey flow;
  EventId start;
  std::string service, text;  // printable ASCII
  std::optional<ServiceExit> exit{};
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
};

/// A file that the program of a service left.
struct File {
  FlowKey flow;
  EventId start;
  std::string service;
  std::string path;  // any bytes
  std::uint64_t bytes = 0;
  std::optional<Sha256> hash{};  // nothing: it was too large, or could not be read
};

/// A name and a password that a visitor tried.
struct Credential {
  FlowKey flow;
  EventId start;
  std::string service;
  std::string user, password;  // any bytes
};

/// Consecutive bytes of one side of a conversation.
struct Payload {
  FlowKey flow;
  EventId start;
  bool from_visitor = true;
  std::uint64_t offset = 0;  // in all bytes of this side
  std::string bytes;
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
};

/// A source sent a host a type of ICMP message for the first time.
struct Icmp {
  FlowKey flow;
  std::uint8_t type = 0, code = 0;
};

struct AddressInUse {
  IpAddress address;
  MacAddress owner;
  bool is_contested = false;  // Apiary keeps answering
};

/// A host got a DHCP lease, or lost it.
struct Lease {
  IpAddress address;
  MacAddress mac;
  IpAddress server;  // unspecified if lost
  std::string template_name;
  bool is_gained = true;
  std::string why{};  // it lost the lease; empty: it did not
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
};
std::string_view to_string(DaemonEvent::Kind kind);
const EcsClasses& ecs_classes_of(DaemonEvent::Kind kind);

/// A limit was reached: packets were not answered, or events not reported.
struct Limit {
  std::string_view name;         // in snake case, for programs; static
  std::string_view description;  // for people; static
  std::uint64_t count = 0;       // since the last event about this limit
  std::uint64_t total = 0;
};

/// A sink was too slow or failed, and lost this many events.
struct EventsLost {
  std::string sink;
  std::vector<std::pair<EventKind, std::uint64_t>> counts;
};

/// A packet of no conversation. Only sinks that want these events get them.
struct Packet {
  FlowKey flow;
  ProbeType type = ProbeType::echo_request;
  std::uint16_t size_bytes = 0;
  std::uint8_t tcp_flags = 0, icmp_type = 0, icmp_code = 0;
  std::string visitor_system{}, visitor_signature{};  // as in Contact
};

using Body =
    std::variant<Contact, ContactEnd, FlowStart, FlowEnd, Note, Attempt, File, Credential, Payload,
                 Scan, Icmp, AddressInUse, Lease, DaemonEvent, Limit, EventsLost, Packet>;
static_assert(std::variant_size_v<Body> == event_kind_count);

}  // namespace events

/// The content of an event; the alternatives have the order of EventKind.
using EventBody = events::Body;

struct Event {
  EventId id;
  Instant at;  // when it happened
  EventBody body;
  // It is about a conversation that the host began: `flow.remote` of the body is no visitor.
  bool is_outbound = false;

  EventKind kind() const { return static_cast<EventKind>(body.index()); }
  /// Approximate size in memory.
  std::size_t cost_bytes() const;
};

/// The flow of the conversation or packet that an event is about; nullptr if there is not one.
const FlowKey* flow_of(const Event& event);
/// Whether it only reports the normal exit of a service's process.
bool is_orderly_exit(const Event& event);
/// The visitor and the host; unspecified if the event has none.
IpAddress source_of(const Event& event);
IpAddress host_of(const Event& event);

}  // namespace apiary
