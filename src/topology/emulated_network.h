#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "topology/channel.h"
#include "topology/route.h"
#include "topology/topology.h"

namespace apiary {

/// The properties of a packet that routers and links use.
struct PacketTraits {
  IpAddress destination;
  std::uint8_t ttl = 64;
  std::size_t size_bytes = 0;  // of the IP datagram
  bool dont_fragment = false;
};

/// The fate of packets on a Topology: samples losses and delays, keeps the queues and counts the
/// hops. It only decides; callers act on its verdicts.
///
/// On the inbound path, packets are not kept: the whole path is computed on receipt, link by link,
/// so packets queue there in the order in which they are received. On the outbound path they are
/// simulated: the caller calls cross() when a packet reaches a link.
class EmulatedNetwork {
 public:
  /// The most copies that links make of one packet on its inbound path. With `duplicate 100`,
  /// thirty links would make a billion.
  static constexpr std::size_t max_copies = 16;

  EmulatedNetwork(const Topology& topology, std::uint64_t seed);

  /// Switches to another topology. Links between the same routers keep their queues. Pointers into
  /// the previous topology stay valid until its owner destroys it.
  void adopt(const Topology& topology);
  /// The number of topologies so far: shows whether a path belongs to the current one.
  std::uint32_t generation() const { return generation_; }
  const Topology& topology() const { return *topology_; }

  /// Routes a packet received at `now` along `path`, that of the topology to its destination: one
  /// verdict for the packet and one for each copy that links make of it. Valid until the next call.
  std::span<const RouteVerdict> route_inbound(Instant now, const Path* path,
                                              const PacketTraits& packet);
  std::span<const RouteVerdict> route_inbound(Instant now, const PacketTraits& packet) {
    return route_inbound(now, topology_->path_to(packet.destination), packet);
  }

  /// The queue of a link with a bandwidth, in one direction. REQUIRES: a channel of it.
  std::uint64_t queued_bytes(Instant now, ChannelIndex channel) const;

  /// Whether an outbound packet that starts at `place` survives the stateless links up to the first
  /// crossing, or up to the outside.
  bool survives_first_run(const PathPosition& place) { return !rng_.happens(place.after.loss); }

  /// An outbound packet of `size_bytes` reaches the inner end of `crossing` at `at`. Returns when
  /// it and its copy have crossed it and the stateless links up to the next crossing, or up to the
  /// outside.
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
  Random inward_rng_, rng_;  // of the stateless links before the first crossing
  std::vector<Channel> channels_;
  std::vector<Copy> copies_;  // of the packet that route_inbound() handles
  std::vector<RouteVerdict> verdicts_;
};

}  // namespace apiary
