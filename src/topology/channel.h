#pragma once

#include <algorithm>
#include <optional>

#include "base/random.h"
#include "base/time.h"
#include "topology/link.h"

namespace apiary {

/// Why a packet did not get over a link.
enum class LinkLoss : std::uint8_t {
  on_the_wire,  // the configured loss
  early_drop,   // random early drop, as the queue is long
  queue_full,   // no room in the queue
};

/// The result of sending a packet over a link: when it arrives, or why it is lost.
struct LinkOutcome {
  Instant at{};
  std::optional<LinkLoss> loss;
  std::optional<Instant> copy_at;  // when a second one, which the link made, is over it
};

/// State of one direction of a stateful link: until when it is busy, whether a loss burst is in
/// progress, and its own random number generator, so that events on other links do not change its
/// results.
///
/// A packet is queued, then transmitted, then lost, doubled or delayed on the wire. Random numbers
/// are drawn in this order: early drop; loss, then the burst's change of state; duplicate; reorder
/// and jitter of the packet, then of its copy. A decision without alternatives draws none.
class Channel {
 public:
  explicit Channel(Random rng) : rng_(rng) {}

  /// A packet of `size_bytes` reaches the link at `at`. Packets queue in the order of the calls;
  /// but a packet whose transmission ended before the link became busy, and which is reported late,
  /// did not wait.
  LinkOutcome cross(const LinkQuality& link, Instant at, std::size_t size_bytes);

  /// How long a packet that came at `now` would wait for those before it.
  Duration queue_at(Instant now) const { return std::max(busy_until_ - now, Duration{}); }

  /// For what happens to the packet on the stateless links behind this one.
  Random& rng() { return rng_; }

 private:
  Duration wait_of(Instant at, Duration transmission) const;
  void occupy(Instant from, Duration transmission);
  std::optional<LinkLoss> refuse(const LinkQuality& link, Duration wait);
  bool loses(const LinkQuality& link);
  Duration flight_time(const LinkQuality& link);

  Random rng_;
  Instant busy_since_{}, busy_until_{};  // without a pause
  bool in_burst_ = false;
};

}  // namespace apiary
