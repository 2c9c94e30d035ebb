#pragma once

#include <cstdint>
#include <optional>

#include "base/address.h"
#include "base/time.h"
#include "base/units.h"

namespace apiary {

/// How the delay of packets on a link varies around its latency, as in tc netem.
struct Jitter {
  enum class Shape : std::uint8_t {
    uniform,  // the latency plus or minus at most `spread`
    normal,   // `spread` is the standard deviation
    pareto,   // the same with a long tail: shape 3 as in netem, with the latency as mean
  };
  Duration spread{};
  Shape shape = Shape::uniform;
  bool operator==(const Jitter&) const = default;
};

/// Loss that comes in bursts (Gilbert 1960, Elliott 1963; netem's gemodel): a link is in a good or
/// a bad state, and after each packet it changes to the other with some probability.
struct BurstLoss {
  Probability to_bad, to_good;
  Probability loss_when_bad{1}, loss_when_good{0};
  bool operator==(const BurstLoss&) const = default;

  /// The average loss.
  Probability mean() const;
};

/// Random early drop: none below a queueing delay of `from`, all from `to` on. In between, the
/// probability rises with the delay.
struct EarlyDrop {
  Duration from{}, to{};
  bool operator==(const EarlyDrop&) const = default;
};

/// How a link treats packets, in each direction independently (full duplex).
struct LinkQuality {
  Duration latency{};                     // one way
  Probability loss;                       // of each packet, one way
  std::optional<BurstLoss> burst_loss{};  // in place of `loss`
  std::uint64_t bits_per_second = 0;      // 0: packets of any size take no time
  std::optional<EarlyDrop> early_drop{};  // of a link with a bandwidth
  Jitter jitter{};
  Probability reorder{};             // crosses without the latency, and so overtakes others
  Probability duplicate{};           // arrives twice
  std::uint16_t mtu_bytes = 65'535;  // of the IP datagram
  bool operator==(const LinkQuality&) const = default;

  /// Whether the fate of a packet depends on other packets or on more than one random number, so
  /// that the packet must be simulated on the link. For other ("stateless") links, it suffices to
  /// add latencies and combine losses.
  bool is_stateful() const;
  Probability mean_loss() const { return burst_loss ? burst_loss->mean() : loss; }
  /// How long the link is busy with a packet of `size_bytes` at the IP level.
  Duration transmission_time(std::size_t size_bytes) const;
  /// The longest time that a packet can queue: that of `early_drop`, else of the default buffer.
  Duration max_queue() const;
};

/// The default buffer of a link: this much time at its bandwidth, as router vendors recommend (one
/// round trip), but at least this many bytes.
inline constexpr Duration default_queue_time = milliseconds{100};
inline constexpr std::size_t smallest_queue_bytes = 24'000;  // 16 packets of 1,500 bytes

/// A link between two routers. Statements with the same two routers, in any order, and the same
/// qualities describe one link; others describe parallel links.
struct Link {
  IpAddress low, high;     // low < high
  std::uint32_t parallel;  // the links between the two that come before it
  LinkQuality quality;
};

/// One direction of a link: the index of the link, twice, and one more when from high to low.
struct ChannelIndex {
  std::uint32_t value = 0;
  bool operator==(const ChannelIndex&) const = default;
  std::uint32_t link() const { return value / 2; }
  ChannelIndex reverse() const { return {value ^ 1}; }
};

}  // namespace apiary
