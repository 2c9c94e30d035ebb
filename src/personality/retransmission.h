#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace apiary {

/// How the system retransmits unacknowledged segments, and when it stops. Each wait is twice the
/// one before. Nmap's fingerprint does not contain this; it follows the system's family.
struct RetransmissionRule {
  // A SYN/ACK: what RING (Veysset, Courtay and Heen 2002) and JA4TScan measure.
  Duration syn_ack_first = seconds{1};      // before it is sent again; also when there was no round
                                            // trip to measure before the first data
  std::uint8_t syn_ack_retries = 5;         // not counting the first
  Duration syn_ack_lifetime = seconds{63};  // since the first one, until the host gives up
  bool resets_half_open = false;            // says so with a reset when it gives up

  // Anything after the handshake.
  Duration least = milliseconds{200}, most = seconds{120};  // bounds of one wait
  std::uint8_t data_retries = 15;
  bool resets_unanswered = false;  // says so with a reset when it gives up

  bool operator==(const RetransmissionRule&) const = default;
};

/// The rule of the systems that Nmap's Class line calls `family` and `generation`; today's Linux
/// where nothing is known.
RetransmissionRule retransmission_of(std::string_view family, std::string_view generation);

}  // namespace apiary
