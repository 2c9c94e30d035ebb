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
  not_claimed,          // its destination is not a claimed address
  bad_source,           // its source must not be answered: ours, multicast, broadcast, loopback
  reverse_path,         // from an address that this machine reaches by another interface
  not_of_this_network,  // no entry router is responsible for its destination
  lost_on_link,         // the configured loss of a virtual link, in either direction
  link_early_drop,      // random early drop, as the queue of a virtual link was long
  link_queue_full,      // no room in the queue of a virtual link
  too_large,            // larger than the MTU of a virtual link, with DF
  external_link_down,   // the tunnel or interface it leads to is not open, or is where it came from
  no_host,              // no host has its destination address
  dropped_by_host,      // by the drop rate of the template
  source_routed,        // a source route, or invalid IP options
  blocked,              // by the action of the port
  silent_personality,   // the personality does not answer such a packet
  unknown_protocol,     // neither ICMP, TCP nor UDP
  unknown_icmp,         // an ICMP message that hosts do not answer
  error_about_error,    // an ICMP error would have been about an ICMP error or a later fragment
  icmp_rate_limit,      // the host has used up its rate of ICMP errors
  would_amplify,        // an unvalidated peer would get far more bytes than it sent
  broadcast_limit,      // above the limit of broadcasts, or of hosts that receive each
  no_buffer,            // the packet pool is at its limit
  reassembly_limit,     // fragments that were evicted, or never completed
  connection_limit,     // too many connections
  send_limit,           // conversations that were evicted since the send buffers are full
  duplicate_or_stray,   // a segment that requires no reply
  count_
};

/// A name in snake case, for metrics and JSON: "bad_checksum". It is stable (docs/stability.md).
std::string_view name_of(DropReason reason);
/// The reason in words, for people: "bad checksum".
std::string_view describe(DropReason reason);

}  // namespace apiary
