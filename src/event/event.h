/// event/: what is worth telling. The engine says what happened; sinks decide who hears of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/address.h"
#include "base/time.h"
#include "event/drop_reason.h"

namespace apiary {

/// A conversation with a host began: a TCP handshake was completed, or the first datagram came for
/// a UDP service.
struct FlowOpened {
  Instant at;
  FlowKey flow;
  std::string template_name;
};

enum class FlowEnd : std::uint8_t { closed, reset_by_visitor, reset_by_host, timed_out, evicted };
std::string_view to_string(FlowEnd end);

struct FlowClosed {
  Instant at;
  FlowKey flow;
  std::uint64_t received_bytes = 0, sent_bytes = 0;  // payload
  FlowEnd end = FlowEnd::closed;
};

/// What a packet that belongs to no conversation was.
enum class ProbeType : std::uint8_t { echo_request, connection_request, stray_segment, datagram };
std::string_view to_string(ProbeType type);

/// A packet to a host that started no conversation: ICMP has no ports, they are 0.
struct Probed {
  Instant at;
  FlowKey flow;
  ProbeType type = ProbeType::echo_request;
};

/// A real machine answers for an address we were told to claim: it is left alone from now on,
/// unless we were told to answer at any rate.
struct AddressInUse {
  Instant at;
  IpAddress address;
  MacAddress owner;
  bool is_contested = false;  // we go on answering
};

/// A host was lent an address by a DHCP server, and found that nobody else has it.
struct LeaseGained {
  Instant at;
  IpAddress address;
  MacAddress mac;
  IpAddress server;
  std::string template_name;
};

/// A host that was lent an address has it no more.
struct LeaseLost {
  Instant at;
  IpAddress address;
  MacAddress mac;
  std::string template_name;
  std::string why;
};

using Event =
    std::variant<FlowOpened, FlowClosed, Probed, AddressInUse, LeaseGained, LeaseLost>;

}  // namespace apiary
