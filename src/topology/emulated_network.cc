#include "topology/emulated_network.h"

#include <algorithm>
#include <tuple>

namespace apiary {
namespace {

/// The seed of one direction's random numbers: it depends on the link, not on its position in a
/// list.
std::uint64_t channel_seed(std::uint64_t seed, const Link& link, bool from_high) {
  seed = mix_bits(seed ^ link.low.v4_value());
  seed = mix_bits(seed ^ link.high.v4_value());
  return mix_bits(seed ^ (std::uint64_t{link.parallel} << 1 | (from_high ? 1U : 0U)));
}

auto identity(const Link& link) { return std::tie(link.low, link.high, link.parallel); }

/// The hop at which the TTL expires; nullptr if it suffices.
const Hop* hop_at_end_of_life(const Path& path, std::uint8_t ttl) {
  // A router without a route reports that before it checks the TTL, as Linux does.
  const std::size_t forwarding = path.leads_on() ? path.hops.size() : path.hops.size() - 1;
  if (ttl > forwarding || forwarding == 0) return nullptr;
  return &path.hops[std::max<std::size_t>(ttl, 1) - 1];
}

/// The hop whose next link is too small for the packet; nullptr if there is none.
const Hop* hop_at_narrow_link(const Path& path, const PacketTraits& packet) {
  if (!packet.dont_fragment || packet.size_bytes <= path.place.mtu_bytes) return nullptr;
  return &*std::find_if(path.hops.begin(), path.hops.end(),
                        [&](const Hop& hop) { return hop.next_mtu_bytes < packet.size_bytes; });
}

}  // namespace

EmulatedNetwork::EmulatedNetwork(const Topology& topology, std::uint64_t seed)
    : seed_(seed), inward_rng_(mix_bits(seed + 1)), rng_(mix_bits(seed + 2)) {
  adopt(topology);
}

void EmulatedNetwork::adopt(const Topology& topology) {
  std::vector<Channel> channels;
  channels.reserve(2 * topology.links().size());
  static const std::vector<Link> none;
  const std::vector<Link>& before = topology_ == nullptr ? none : topology_->links();
  auto known = before.begin();  // both are sorted by identity
  for (const Link& link : topology.links()) {
    while (known != before.end() && identity(*known) < identity(link)) ++known;
    const bool is_known = known != before.end() && identity(*known) == identity(link);
    const auto at = static_cast<std::size_t>(known - before.begin());
    for (const bool from_high : {false, true})
      channels.push_back(is_known ? channels_[2 * at + (from_high ? 1 : 0)]
                                  : Channel(Random{channel_seed(seed_, link, from_high)}));
  }
  channels_ = std::move(channels);
  topology_ = &topology;
  ++generation_;
}

std::span<const RouteVerdict> EmulatedNetwork::route_inbound(Instant now, const Path* path,
                                                             const PacketTraits& packet) {
  verdicts_.clear();
  if (path == nullptr) {
    verdicts_.emplace_back(NotOfThisNetwork{});
    return verdicts_;
  }
  const Hop* const last = hop_at_end_of_life(*path, packet.ttl);
  const Hop* const narrow = hop_at_narrow_link(*path, packet);
  if (narrow != nullptr && (last == nullptr || narrow < last))
    travel_inward(now, packet, *path, narrow->place, TooLarge{path, narrow, now});
  else if (last != nullptr)
    travel_inward(now, packet, *path, last->place, TtlExpired{path, last, now});
  else if (path->end == PathEnd::tunnel)
    travel_inward(now, packet, *path, path->place, Tunnelled{path, &path->hops.back(), now});
  else if (!path->reaches())
    travel_inward(now, packet, *path, path->place, NoRoute{path, &path->hops.back(), now});
  else
    travel_inward(now, packet, *path, path->place, Delivered{path, now});
  return verdicts_;
}

/// Moves the packet to `place` on `path`. `there` is its verdict, without the time.
template <class Verdict>
void EmulatedNetwork::travel_inward(Instant now, const PacketTraits& packet, const Path& path,
                                    const PathPosition& place, Verdict there) {
  const auto run_before = [&](std::size_t stage) -> const LinkRun& {
    return stage < place.stages ? path.stages[stage].before : place.after;
  };
  if (inward_rng_.happens(run_before(0).loss)) {
    verdicts_.emplace_back(LostOnLink{LinkLoss::on_the_wire});
    return;
  }
  if (place.stages == 0) {
    there.at = now + place.after.latency;
    verdicts_.emplace_back(there);
    return;
  }
  copies_.assign(1, {0, now + run_before(0).latency});
  for (std::size_t i = 0; i < copies_.size(); ++i) {
    auto [stage, at] = copies_[i];
    std::optional<LinkLoss> loss;
    while (stage < place.stages && !loss) {
      const ChannelIndex channel = path.stages[stage].inward;
      ++stage;
      const LinkOutcome outcome = cross(channel, run_before(stage), at, packet.size_bytes);
      if (outcome.copy_at && copies_.size() < max_copies)
        copies_.push_back({stage, *outcome.copy_at});
      loss = outcome.loss;
      at = outcome.at;
    }
    there.at = at;
    if (loss)
      verdicts_.emplace_back(LostOnLink{*loss});
    else
      verdicts_.emplace_back(there);
  }
}

std::uint64_t EmulatedNetwork::queued_bytes(Instant now, ChannelIndex index) const {
  const std::uint64_t rate = topology_->links()[index.link()].quality.bits_per_second;
  const double waits = in_seconds(channels_[index.value].queue_at(now));
  return static_cast<std::uint64_t>(waits * static_cast<double>(rate) / 8);
}

LinkOutcome EmulatedNetwork::cross(ChannelIndex index, const LinkRun& behind, Instant at,
                                   std::size_t size_bytes) {
  Channel& channel = channels_[index.value];
  LinkOutcome outcome = channel.cross(topology_->links()[index.link()].quality, at, size_bytes);
  if (outcome.loss) return outcome;
  if (channel.rng().happens(behind.loss)) outcome.loss = LinkLoss::on_the_wire;
  outcome.at += behind.latency;
  if (outcome.copy_at) {
    *outcome.copy_at += behind.latency;
    if (channel.rng().happens(behind.loss)) outcome.copy_at.reset();
  }
  return outcome;
}

}  // namespace apiary
