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

}  // namespace apiary
