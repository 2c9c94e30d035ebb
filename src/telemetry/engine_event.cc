#include "telemetry/engine_event.h"

namespace apiary {

std::string_view to_string(FlowEndReason end) {
  switch (end) {
    case FlowEndReason::closed:
      return "closed";
    case FlowEndReason::reset_by_peer:
      return "reset by the visitor";
    case FlowEndReason::reset_by_host:
      return "reset by the host";
    case FlowEndReason::timed_out:
      return "timed out";
    case FlowEndReason::evicted:
      return "given up for newer ones";
  }
  return "unknown";
}

std::string_view to_string(ProbeType type) {
  switch (type) {
    case ProbeType::echo_request:
      return "echo request";
    case ProbeType::icmp_query:
      return "ICMP query";
    case ProbeType::connection_request:
      return "connection request";
    case ProbeType::handshake_begun:
      return "connection request, granted";
    case ProbeType::stray_segment:
      return "stray segment";
    case ProbeType::datagram:
      return "datagram";
  }
  return "unknown";
}

std::string_view to_string(DropReason reason) {
  switch (reason) {
    case DropReason::undecodable:
      return "undecodable";
    case DropReason::bad_checksum:
      return "bad checksum";
    case DropReason::other_vlan:
      return "tagged for a VLAN";
    case DropReason::bad_source_mac:
      return "source MAC address that no answer may go to";
    case DropReason::link_broadcast:
      return "broadcast on the link, and answered only when sent to the host";
    case DropReason::not_claimed:
      return "address not claimed";
    case DropReason::bad_source:
      return "source that no answer may go to";
    case DropReason::reverse_path:
      return "source that this machine reaches by another interface";
    case DropReason::not_of_this_network:
      return "no entry router for it";
    case DropReason::lost_on_link:
      return "lost on a virtual link";
    case DropReason::link_early_drop:
      return "dropped early by the queue of a virtual link";
    case DropReason::link_queue_full:
      return "queue of a virtual link full";
    case DropReason::too_large:
      return "too large for a virtual link";
    case DropReason::external_link_down:
      return "the tunnel or interface it leads to is not open";
    case DropReason::no_host:
      return "no host at the address";
    case DropReason::dropped_by_host:
      return "dropped at random by the template";
    case DropReason::blocked:
      return "blocked by the template";
    case DropReason::source_routed:
      return "source_routed";
    case DropReason::would_amplify:
      return "would_amplify";
    case DropReason::broadcast_limit:
      return "broadcasts rate-limited";
    case DropReason::silent_personality:
      return "personality does not answer it";
    case DropReason::unknown_protocol:
      return "neither ICMP, TCP nor UDP";
    case DropReason::unknown_icmp:
      return "ICMP that hosts do not answer";
    case DropReason::error_about_error:
      return "ICMP error about an ICMP error or later fragment";
    case DropReason::icmp_allowance:
      return "ICMP errors rate-limited";
    case DropReason::no_buffer:
      return "packet buffers full";
    case DropReason::reassembly_limit:
      return "fragments given up";
    case DropReason::connection_limit:
      return "too many connections";
    case DropReason::send_limit:
      return "too much waits for visitors to take it";
    case DropReason::duplicate_or_stray:
      return "asks for no answer";
    case DropReason::count_:
      break;
  }
  return "unknown";
}

}  // namespace apiary
