#pragma once

#include <cstdint>

#include "wire/tcp.h"

namespace apiary {

enum class PortState : std::uint8_t { open, closed };

/// The kind of a segment, named after the Nmap test that shows how a system treats it. Every
/// possible segment is of exactly one kind.
enum class ProbeKind : std::uint8_t {
  syn,      // SEQ, OPS, WIN, T1: a SYN to an open port
  ecn_syn,  // ECN: a SYN that offers ECN (RFC 3168)
  t2,       // open port: neither SYN nor ACK
  t3,       // open port: SYN together with FIN
  t4,       // open port: ACK
  t5,       // closed port: SYN
  t6,       // closed port: ACK
  t7,       // closed port: neither
};

ProbeKind probe_kind(const TcpSegment& segment, PortState port);

}  // namespace apiary
