#pragma once

#include <algorithm>
#include <optional>

#include "base/random.h"
#include "base/time.h"
#include "topology/link.h"

namespace apiary {

/// Why a link loses a packet.
enum class LinkLoss : std::uint8_t {
  on_the_wire,  // the configured loss
  early_drop,   // random early drop, as the queue is long
  queue_full,   // no room in the queue
};

/// The result of sending a packet over a link: when it arrives, or why it is lost.
struct LinkOutcome {
  Instant at{};
  std::optional<LinkLoss> loss;
  std::optional<Instant> copy_at;  // when a duplicate that the link made arrives
};

/// State of one direction of a stateful link: until when it is busy, whether a loss burst is in
/// progress, and its own random number generator, so that events on other links do not change its
/// results.
///
/// A link queues a packet, transmits it, then loses, duplicates or delays it. It draws random
/// numbers in this order: early drop; loss, then the burst's change of state; duplicate; reorder
/// and jitter of the packet, then of its copy. A decision without alternatives draws none.
class Channel {
 public:
  explicit Channel(Random rng) : rng_(rng) {}

  /// A packet of `size_bytes` reaches the link at `at`. Packets queue in the order of the calls;
  /// but a packet that is reported late, and whose transmission ended before the link became busy,
  /// did not wait.
  LinkOutcome cross(const LinkQuality& link, Instant at, std::size_t size_bytes);

  /// The queueing delay of a packet that arrives at `now`.
  Duration queue_at(Instant now) const { return std::max(busy_until_ - now, Duration{}); }

  /// For the stateless links after this one.
  Random& rng() { return rng_; }

 private:
  Duration wait_of(Instant at, Duration transmission) const;
  void occupy(Instant from, Duration transmission);
  std::optional<LinkLoss> refuse(const LinkQuality& link, Duration wait);
  bool loses(const LinkQuality& link);
  Duration flight_time(const LinkQuality& link);

  Random rng_;
  Instant busy_since_{}, busy_until_{};  // continuously
  bool in_burst_ = false;
};

}  // namespace apiary
