#include "personality/probe.h"

namespace apiary {

ProbeKind probe_kind(const TcpSegment& segment, PortState port) {
  const bool syn = segment.has(tcp_flag::syn), ack = segment.has(tcp_flag::ack);
  if (port == PortState::closed) {
    if (ack) return ProbeKind::t6;
    return syn ? ProbeKind::t5 : ProbeKind::t7;
  }
  if (ack) return ProbeKind::t4;
  if (!syn) return ProbeKind::t2;
  if (segment.has(tcp_flag::fin)) return ProbeKind::t3;
  return segment.offers_ecn() ? ProbeKind::ecn_syn : ProbeKind::syn;
}

}  // namespace apiary
