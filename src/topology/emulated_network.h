#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "topology/channel.h"
#include "topology/route.h"

namespace apiary {

/// What routers and links look at in a packet.
struct PacketTraits {
  IpAddress destination;
  std::uint8_t ttl = 64;
  std::size_t size_bytes = 0;  // of the IP datagram
  bool dont_fragment = false;
};

/// What becomes of packets on a Topology: draws the dice, keeps the queues and counts the hops. It
/// decides only; others act on its verdicts.
///
/// On their inbound path packets are not kept: when they come from outside, their way is worked out
/// to the end, link by link, so there packets queue in the order in which they come from outside.
/// On their outbound path they really travel, and cross() is called when they reach a link.
class EmulatedNetwork {
 public:
  /// The most that links can make of one packet on its inbound path: `duplicate 100` on each of
  /// thirty links would ask for a billion.
  static constexpr std::size_t max_copies = 16;

  EmulatedNetwork(const Topology& topology, std::uint64_t seed);

  /// Goes over to another topology. Links between the same routers keep their queues. What lives as
  /// long as the topology before lives on until its owner lets it go.
  void adopt(const Topology& topology);
  /// How many topologies there have been: tells whether a path is still of the present one.
  std::uint32_t generation() const { return generation_; }
  const Topology& topology() const { return *topology_; }

  /// The inbound path of a packet that comes from outside at `now`: a verdict for the packet and
  /// one for each copy that links make of it, at least one. Valid until the next call.
  std::span<const RouteVerdict> route_inbound(Instant now, const PacketTraits& packet);

  /// What waits before a link with a bandwidth, in one direction. REQUIRES: a channel of it.
  std::uint64_t queued_bytes(Instant now, ChannelIndex channel) const;

  /// Whether a packet that sets out on its way outside gets over the stateless links from `place`
  /// to the first crossing, or all the way.
  bool survives_first_run(const PathPosition& place) { return !rng_.happens(place.after.loss); }

  /// A packet of `size_bytes` on its way outside reaches the inner end of `crossing` at `at`: when
  /// it and its copy are over it and over the stateless links up to the next crossing, or outside.
  LinkOutcome cross_outward(const PathStage& stage, Instant at, std::size_t size_bytes) {
    return cross(stage.inward.reverse(), stage.before, at, size_bytes);
  }

 private:
  /// A packet before the crossing of that index.
  struct Copy {
    std::size_t stage;
    Instant at;
  };

  LinkOutcome cross(ChannelIndex channel, const LinkRun& behind, Instant at,
                    std::size_t size_bytes);
  template <class Verdict>
  void travel_inward(Instant now, const PacketTraits& packet, const Path& path,
                     const PathPosition& place, Verdict there);

  const Topology* topology_ = nullptr;
  std::uint64_t seed_;
  std::uint32_t generation_ = 0;
  Random inward_rng_, rng_;  // of the stateless links that a packet meets first
  std::vector<Channel> channels_;
  std::vector<Copy> copies_;  // of the packet that route_inbound() is at
  std::vector<RouteVerdict> verdicts_;
};

}  // namespace apiary
