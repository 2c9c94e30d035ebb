#pragma once

#include <cstdint>
#include <string_view>

namespace apiary {

/// Why a packet was not answered. Each has a counter, a name and a description.
enum class DropReason : std::uint8_t {
  undecodable,          // not a frame, datagram or segment that makes sense
  bad_checksum,         // of TCP, UDP or ICMP
  other_vlan,           // tagged for a VLAN, whose own interface is where it belongs
  bad_source_mac,       // from a MAC address no answer may go to: of a group, zero, or our own
  link_broadcast,       // to all on the link, or a group: hosts answer only some of that
  not_claimed,          // for an address that is not ours to answer for
  bad_source,           // from an address no answer may go to: ours, multicast, broadcast, loopback
  reverse_path,         // from an address that this machine reaches by another interface
  not_of_this_network,  // no entry router is responsible for its destination
  lost_on_link,         // the configured loss of a virtual link, either way
  link_early_drop,      // random early drop, as the queue of a virtual link was long
  link_queue_full,      // no room in the queue of a virtual link
  too_large,            // larger than a virtual link takes, and not to be fragmented
  external_link_down,   // the tunnel or interface it leads to is not open, or is where it came from
  no_host,              // nobody is at its destination
  dropped_by_host,      // the template drops that share of what comes in
  source_routed,        // wants to choose its way, or its IP options make no sense
  blocked,              // the template says so
  silent_personality,   // the personality does not answer such a packet
  unknown_protocol,     // neither ICMP, TCP nor UDP
  unknown_icmp,         // an ICMP message that hosts do not answer
  error_about_error,    // an ICMP error would have been about an ICMP error or a later fragment
  icmp_rate_limit,      // the host has sent its share of ICMP errors for now
  would_amplify,        // an unvalidated peer would get far more than came from him
  broadcast_limit,   // more is sent to all hosts of a link than is looked at, or hosts that hear it
  no_buffer,         // the packet pool is at its limit
  reassembly_limit,  // fragments gave way to newer ones, or never became whole
  connection_limit,  // too many connections
  send_limit,        // conversations gave way, as too much waited for visitors to take it
  duplicate_or_stray,  // a segment of a conversation that asks for no answer
  count_
};

/// A name in snake case, for metrics and JSON: "bad_checksum". It is stable (docs/stability.md).
std::string_view name_of(DropReason reason);
/// The reason in words, for people: "bad checksum".
std::string_view describe(DropReason reason);

}  // namespace apiary
