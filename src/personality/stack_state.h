#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/numbers.h"
#include "base/time.h"
#include "personality/endpoints.h"

namespace apiary {

struct Personality;
struct IpIdRule;
struct IpIdRules;
struct IsnRule;
struct TimestampRule;

/// The sequences of one host: initial sequence numbers, IP IDs, timestamp clock. All start at
/// values from the host's hash, so a host that was evicted and created again looks the same. Small,
/// since every host with state has one.
class StackState {
 public:
  /// `host_hash` is a secret hash of the host's address.
  StackState(const Personality& personality, std::uint64_t host_hash, Instant now);

  /// The next draw returns `isn`, and later ones continue from there.
  void restart_isn(SeqNumber isn, Instant now);
  /// Sets when its clock started, instead of the time from its hash.
  void boot_at(Instant when) { booted_ = when; }

  /// `endpoints`: of the connection; nothing if they do not matter.
  SeqNumber draw_isn(const IsnRule& rule, Instant now,
                     const std::optional<Endpoints>& endpoints = {});

  std::uint16_t draw_tcp_id(const IpIdRules& rules, Instant now);
  std::uint16_t draw_reset_id(const IpIdRules& rules, Instant now);
  std::uint16_t draw_icmp_id(const IpIdRules& rules, Instant now);
  /// Of a UDP datagram.
  std::uint16_t draw_datagram_id(const IpIdRules& rules, Instant now);

  /// The offset from timestamp() of all connections between the same endpoints; 0 if each draws
  /// its own.
  std::uint32_t timestamp_offset(const TimestampRule& rule, const Endpoints& endpoints) const;
  /// The offset of a new connection's timestamps from timestamp().
  std::uint32_t draw_timestamp_offset(const TimestampRule& rule, Instant now,
                                      const Endpoints& endpoints);
  /// When its clock started, and its relative skew.
  Instant booted() const { return booted_; }
  double clock_skew() const;
  /// The value of the clock, with the host's own boot time and a skew of some parts per million.
  std::uint32_t timestamp(const TimestampRule& rule, Instant now) const;

  /// Random bits for a detail of this host; the same for the same `salt`.
  std::uint64_t trait(std::uint64_t salt) const;

 private:
  // Nmap wants six numbers at a tenth of a second, which a busy machine makes longer; it tries
  // twice.
  static constexpr Duration min_interval = milliseconds{80}, max_interval = milliseconds{170};

  /// Microseconds, modulo 71 minutes.
  static std::uint32_t microseconds_of(Instant at) {
    return static_cast<std::uint32_t>(at.time_since_epoch() / microseconds{1});
  }

  enum Counter : std::uint8_t { tcp_counter, reset_counter, icmp_counter, counters };

  std::uint16_t draw_id(const IpIdRule& rule, Counter counter, Instant now);
  std::uint8_t place_in_series(Duration elapsed, bool is_another);
  std::uint32_t isn_step(const IsnRule& rule, std::uint8_t place);
  SeqNumber draw_steady_isn(const IsnRule& rule, Instant now);
  /// Random bits for draw number `draw` of this host.
  std::uint64_t noise(std::uint32_t draw) const;

  std::uint64_t host_hash_;
  Instant booted_;
  Instant isn_drawn_;
  std::uint32_t ids_drawn_, offset_drawn_;  // in microseconds; they wrap after 71 minutes
  std::uint32_t isn_;
  std::uint32_t timestamp_offset_ = 0;
  std::uint32_t draws_ = 0;       // input of noise()
  std::uint32_t isn_series_ = 0;  // of the draw that began the present IsnSeries
  std::array<std::uint16_t, counters> ids_;
  std::uint8_t isn_endpoints_ = 0;  // some bits of those for which an ISN was last drawn
  std::uint8_t isn_phase_ : 3 = 0, isns_in_series_ : 4 = 0;
  bool isn_restarted_ : 1 = false;
};
static_assert(sizeof(StackState) == 56);

}  // namespace apiary
