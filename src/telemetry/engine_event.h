/// telemetry/: notifications of the engine, drop reasons, counters. The engine reports what
/// happened; event/ makes events of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"
#include "passive/syn_shape.h"
#include "telemetry/drop_reason.h"

namespace apiary {

/// A conversation with a host began: a TCP handshake was completed, or the first datagram came for
/// a UDP service, or from a server of the host.
struct FlowOpened {
  Instant at;
  FlowKey flow;
  std::string template_name;
  std::string_view visitor_system{};  // as SYNs show; empty: unknown; valid as long as the engine
  bool is_outbound = false;           // the host began it; flow.remote is no visitor
  std::optional<SynShape> visitor_syn{};  // the visitor's last SYN, if it is known
};

enum class FlowEndReason : std::uint8_t {
  closed,
  reset_by_peer,
  reset_by_host,
  timed_out,
  evicted
};
std::string_view to_string(FlowEndReason end);

struct FlowClosed {
  Instant at;
  FlowKey flow;
  Instant opened;                                        // as FlowOpened::at
  std::uint64_t received_bytes = 0, sent_bytes = 0;      // payload
  std::uint64_t received_packets = 0, sent_packets = 0;  // 0: not counted
  FlowEndReason end = FlowEndReason::closed;
  bool is_outbound = false;  // as FlowOpened
};

/// Bytes of a conversation without a service.
struct PayloadReceived {
  Instant at;
  FlowKey flow;
  Bytes bytes;  // in Outbox::bytes
};
/// Of a conversation, no more than its first bytes are PayloadReceived; of a packet,
/// ProbeReceived::payload.
inline constexpr std::size_t max_event_payload_bytes = 1024;

/// The kind of a packet that belongs to no conversation.
enum class ProbeType : std::uint8_t {
  echo_request,
  icmp_query,          // timestamp, information, address mask
  connection_request,  // refused, or left without an answer
  handshake_begun,     // a request that was accepted: FlowOpened follows if the handshake completes
  stray_segment,
  datagram
};
std::string_view to_string(ProbeType type);

/// A packet to a host that started no conversation, or not yet. ICMP has no ports, they are 0.
struct ProbeReceived {
  Instant at;
  FlowKey flow;
  ProbeType type = ProbeType::echo_request;
  std::uint16_t size_bytes = 0;               // of the IP datagram
  std::uint8_t tcp_flags = 0;                 // of a segment, as tcp_flag
  std::uint8_t icmp_type = 0, icmp_code = 0;  // of an ICMP message
  Bytes payload{};                            // its first bytes, in Outbox::bytes
  std::string_view visitor_system{};          // as FlowOpened::visitor_system
  std::optional<SynShape> visitor_syn{};      // as FlowOpened::visitor_syn
};

/// A real machine answers for a claimed address: we do not answer for it from now on, except with
/// ArpMode::force.
struct AddressInUse {
  Instant at;
  IpAddress address;
  MacAddress owner;
  bool is_contested = false;  // we continue to answer
};

/// A DHCP server leased an address to a host, whose probe found no other machine with it.
struct LeaseGained {
  Instant at;
  IpAddress address;
  MacAddress mac;
  IpAddress server;
  std::string template_name;
};

/// A host that was leased an address has it no more.
struct LeaseLost {
  Instant at;
  IpAddress address;
  MacAddress mac;
  std::string template_name;
  std::string why;
};

using EngineEvent = std::variant<FlowOpened, FlowClosed, PayloadReceived, ProbeReceived,
                                 AddressInUse, LeaseGained, LeaseLost>;

}  // namespace apiary
