#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "personality/timer_error.h"

namespace apiary {

/// How the system retransmits unacknowledged segments, and when it stops. Each interval is twice
/// the previous one. Nmap's fingerprints do not contain this; it follows the system's family.
struct RetransmissionRule {
  // A SYN/ACK: what RING (Veysset, Courtay and Heen 2002) and JA4TScan measure.
  Duration syn_ack_first = seconds{1};      // also of first data without a measured round trip
  Duration syn_ack_second{};                // the next interval, if not twice the first
  Duration syn_ack_last{};                  // the last interval, if not twice the one before
  std::uint8_t syn_ack_retries = 5;         // number of retransmissions
  Duration syn_ack_lifetime = seconds{63};  // from the first transmission until the host gives up
  bool resets_half_open = false;            // sends a reset when it gives up

  // A SYN of its own: as a SYN/ACK, where these are zero.
  std::uint8_t syn_retries = 0;
  Duration syn_lifetime{};

  // Segments after the handshake.
  Duration least = milliseconds{200}, most = seconds{120};  // bounds of the interval
  std::uint8_t data_retries = 15;
  bool resets_unanswered = false;  // sends a reset when it gives up
  TimerKind timer = TimerKind::exact;

  bool operator==(const RetransmissionRule&) const = default;
};

/// The time from a transmission of a SYN/ACK, the first or a later one, until the next; after the
/// last one, until the system removes the half-open connection.
Duration syn_ack_wait(const RetransmissionRule& rule, int retransmissions);

/// The same with the error of the system's timer. `chance`: of the connection, such as its ISN.
Duration syn_ack_wait(const RetransmissionRule& rule, int retransmissions, std::uint32_t chance);

/// The rule for a SYN of the system, in the members of SYN/ACKs, for syn_ack_wait().
RetransmissionRule for_own_syn(RetransmissionRule rule);

/// The rule for the `family` and `generation` of a Class line of Nmap's; today's Linux if they are
/// unknown.
RetransmissionRule retransmission_of(std::string_view family, std::string_view generation);

}  // namespace apiary
