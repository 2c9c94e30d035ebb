#pragma once

#include <vector>

#include "base/time.h"
#include "personality/retransmission.h"
#include "tcp/half_open_slots.h"

namespace apiary {

/// Orders half-open connections by the time of their next retransmission. A queue for each interval
/// has its entries in order of time, but for the errors of timers, by which one may wait for
/// another. An entry that was removed from the table stays in its queue until then.
class HalfOpenQueues {
 public:
  static constexpr std::uint32_t none = LinearBuckets::empty;

  /// `slots` must outlive it.
  explicit HalfOpenQueues(HalfOpenSlots& slots) : slots_(slots) {}

  /// Adds an entry whose SYN/ACK was sent now, at `sent`. REQUIRES: it is in no queue.
  void add(std::uint32_t slot, const RetransmissionRule& rule, Instant sent);
  /// The entry that waits for the longest time since its first SYN/ACK; none if there is none.
  std::uint32_t oldest();

  /// When take_due() next may have something; Instant::max() if never.
  Instant next_due() const { return next_due_; }
  /// Takes an entry whose time has come from its queue; none if there is none.
  std::uint32_t take_due(Instant now);
  /// The host of the entry that take_due() will probably return after `others` more; nothing if it
  /// does not know.
  std::optional<IpAddress> host_due_after(std::size_t others) const;
  /// When the SYN/ACK of an entry was last sent.
  Instant sent(const HalfOpenSlot& slot, const RetransmissionRule& rule) const {
    return instant_of(slot.due) - wait_of(slot, rule);
  }

 private:
  // Microseconds; they wrap after 71 minutes, and an entry lives for some.
  using Ticks = std::uint32_t;
  static constexpr Duration tick = microseconds{1};

  /// The entries that wait for the same time, and have waited before for the same time.
  struct Queue {
    Duration wait{}, before{};
    std::uint32_t first = none, last = none;
    Ticks first_due = 0;  // of `first`, which may have been removed
  };

  static Ticks ticks_of(Instant at) {  // rounded up, so that no timer fires early
    return static_cast<Ticks>((at.time_since_epoch() + tick - Duration{1}) / tick);
  }
  /// The instant of `ticks` that is nearest to now_.
  Instant instant_of(Ticks ticks) const;
  Queue& queue_for(const RetransmissionRule& rule, int retransmissions);
  void take_first(Queue& queue);
  bool has_live_first(Queue& queue);

  HalfOpenSlots& slots_;
  std::vector<Queue> queues_;  // one for each interval of a system: some dozens
  Instant now_{};              // when an entry last began to wait: all that wait are due near it
  std::size_t due_queue_ = 0;  // of the last entry that was due
  Instant next_due_ = Instant::max();  // not after the time of any entry
};

}  // namespace apiary
