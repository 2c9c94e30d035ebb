// The virtual network against a slow and obvious model of it: the same random numbers, the same
// outcomes, to the nanosecond.
#include <gtest/gtest.h>

#include "base/overloaded.h"
#include "host/packet_sender.h"
#include "host/testing/reference_network.h"
#include "wire/decode.h"

namespace apiary {
namespace {

Duration below(Random& random, Duration most) {
  return Duration{
      static_cast<Duration::rep>(random.below(static_cast<std::uint64_t>(most.count())))};
}

LinkQuality random_link(Random& random) {
  const auto one_in = [&](int n) { return random.below(static_cast<std::uint64_t>(n)) == 0; };
  LinkQuality link{.latency = below(random, milliseconds{40})};
  if (one_in(4)) link.loss = percent(static_cast<double>(random.below(200)) / 10);
  if (one_in(2)) return link;  // plain
  if (one_in(2)) link.bits_per_second = 100'000 + random.below(20'000'000);
  if (link.bits_per_second != 0 && one_in(2)) {
    const Duration from = below(random, milliseconds{20});
    link.early_drop = EarlyDrop{from, from + milliseconds{1} + below(random, milliseconds{50})};
  }
  if (one_in(3))
    link.jitter = {below(random, milliseconds{30}), static_cast<Jitter::Shape>(random.below(3))};
  if (one_in(4)) {
    link.burst_loss = BurstLoss{.to_bad = percent(2), .to_good = percent(15)};
    if (one_in(2)) link.burst_loss->loss_when_bad = percent(80);
    if (one_in(2)) link.burst_loss->loss_when_good = percent(1);
  }
  if (one_in(4)) link.reorder = percent(5);
  if (one_in(4)) link.duplicate = percent(10);
  return link;
}

IpAddress router(std::size_t number) {
  return IpAddress::v4(10, static_cast<std::uint8_t>(number), 0, 1);
}

/// A tree in which the router of number n has the network 10.n.0.0/24 and is found by its parents.
TopologySpec random_plan(Random& random, std::size_t routers) {
  TopologySpec plan{
      .entries = {{router(0), *parse_ip_prefix("10.0.0.0/8")}}, .direct = {}, .next_hops = {}};
  std::vector<std::size_t> parent(routers, 0);
  for (std::size_t n = 0; n < routers; ++n) {
    plan.direct.push_back({router(n), IpPrefix{router(n), 24}});
    if (n == 0) continue;
    parent[n] = random.below(3) == 0 ? random.below(n) : n - 1;  // some width, some depth
    std::vector<LinkQuality> links(routers);
    const LinkQuality link = random_link(random);
    plan.next_hops.push_back({router(parent[n]), IpPrefix{router(n), 16}, router(n), link});
    for (std::size_t at = parent[n]; at != 0; at = parent[at])
      for (const NextHopRoute& route : plan.next_hops)
        if (route.next == router(at) && route.network == (IpPrefix{router(at), 16})) {
          plan.next_hops.push_back(
              {router(parent[at]), IpPrefix{router(n), 16}, router(at), route.link});
          break;
        }
  }
  return plan;
}

/// The real parts of the engine that packets meet on links, without hosts.
class RealNetwork {
 public:
  RealNetwork(const TopologySpec& plan, std::uint64_t seed)
      : topology_(Topology::build(plan).value()), network_(topology_, seed) {}

  std::vector<ReferenceNetwork::Reached> come_in(Instant now, const PacketTraits& packet) {
    ways_.clear();
    std::vector<ReferenceNetwork::Reached> reached;
    for (const RouteVerdict& verdict : network_.route_inbound(now, packet))
      std::visit(overloaded{[&](const Delivered& to) {
                              note(*to.path, to.path->place, to.path->hops.size(), to.at, reached);
                            },
                            [&](const LostOnLink& lost) { counters_.count(drop_reason(lost.why)); },
                            [&](const NotOfThisNetwork&) { FAIL(); },
                            [&](const auto& to) {
                              note(*to.path, to.hop->place, to.hop->distance, to.at, reached);
                            }},
                 verdict);
    return reached;
  }

  /// Answers the packet of the last come_in() that is the `index`th to have reached something.
  void set_out(std::size_t index, std::uint32_t id, std::size_t size) {
    const std::vector<std::uint8_t> payload(size - 28);
    outlet_.send_icmp(ways_[index],
                      {.source = router(0),
                       .destination = IpAddress::v4(192, 0, 2, 1),
                       .protocol = static_cast<std::uint8_t>(IpProtocol::icmp),
                       .hop_limit = 255},
                      {.type = 0, .code = 0, .rest = id, .payload = payload});
  }

  /// All that gets outside until `now`, each when it is due.
  std::vector<ReferenceNetwork::Sent> run(Instant now) {
    std::vector<ReferenceNetwork::Sent> sent;
    std::vector<Packet> packets;
    while (outlet_.next_due() <= now) {
      const Instant due = outlet_.next_due();
      outlet_.release(due, packets);
      for (const Packet& packet : packets)
        sent.push_back({due, wire::read<wire::IcmpHeader>(packet.bytes().subspan(20)).rest});
      packets.clear();
    }
    return sent;
  }

  ReferenceNetwork::Losses losses() const {
    return {counters_.of(DropReason::lost_on_link), counters_.of(DropReason::link_early_drop),
            counters_.of(DropReason::link_queue_full)};
  }
  std::uint64_t refused() const { return counters_.of(DropReason::no_buffer); }
  const Topology& topology() const { return topology_; }

 private:
  void note(const Path& path, const PathPosition& place, std::size_t routers, Instant at,
            std::vector<ReferenceNetwork::Reached>& reached) {
    std::size_t links = 0;  // those up to `place`: every hop but the last hands on by one
    for (const Hop& hop : path.hops) links += hop.place.latency < place.latency ? 1U : 0U;
    ways_.push_back({.exit = {},
                     .path = &path,
                     .from = place,
                     .hops = static_cast<std::uint16_t>(routers),
                     .departs = at});
    reached.push_back({at, links, routers});
  }

  Topology topology_;
  EmulatedNetwork network_;
  Limits limits_;
  Counters counters_;
  PacketSender outlet_{{{LinkLayer::raw_ip, {}, 1500}}, limits_, network_, counters_};
  std::vector<ReplyRoute> ways_;
};

/// What happened over a whole run, so that it can be seen to have been about something.
struct Tally {
  std::uint64_t packets = 0, sent = 0;
  ReferenceNetwork::Losses losses;
};

void compare(std::uint64_t seed, std::uint32_t packets, Tally& tally) {
  Random random(seed);
  const TopologySpec plan = random_plan(random, 2 + random.below(40));
  RealNetwork real(plan, seed);
  ReferenceNetwork reference(plan, seed);
  const std::size_t routers = plan.direct.size();

  Instant now{seconds{1'700'000'000}};
  const Duration pace = microseconds{20} + below(random, milliseconds{3});
  const auto compare_sent = [&] {
    const auto sent = real.run(now);
    ASSERT_EQ(sent, reference.run(now));
    tally.sent += sent.size();
  };
  for (std::uint32_t id = 0; id < packets; ++id) {
    now += below(random, 2 * pace);
    compare_sent();
    if (testing::Test::HasFatalFailure()) return;
    const std::size_t target = random.below(routers);
    const auto host = static_cast<std::uint8_t>(1 + random.below(5));  // 1: the router itself
    const auto third = static_cast<std::uint8_t>(random.below(20) == 0 ? 7 : 0);  // 7: no route
    const IpAddress destination = IpAddress::v4(10, static_cast<std::uint8_t>(target), third, host);
    const auto ttl = static_cast<std::uint8_t>(random.below(4) == 0 ? random.below(12) : 64);
    const std::size_t size = 40 + random.below(1400);
    const auto reached = real.come_in(now, {destination, ttl, size});
    ASSERT_EQ(reached, reference.come_in(now, destination, ttl, size));
    for (std::size_t i = 0; i < reached.size(); ++i) {
      const std::size_t reply_size = 40 + random.below(1400);
      real.set_out(i, id, reply_size);
      reference.set_out(destination, reached[i], id, reply_size);
    }
  }
  now += minutes{10};
  compare_sent();
  EXPECT_EQ(real.losses(), reference.losses());
  EXPECT_EQ(real.refused(), 0U);
  tally.packets += packets;
  tally.losses.on_the_wire += real.losses().on_the_wire;
  tally.losses.early += real.losses().early;
  tally.losses.full += real.losses().full;
}

TEST(Exactness, EveryPacketFaresAsInTheSlowModel) {
  constexpr int topologies = 200;
  constexpr std::uint32_t packets_each = 5'000;  // a million in all
  Tally tally;
  for (int i = 0; i < topologies; ++i) {
    SCOPED_TRACE(testing::Message() << "topology " << i);
    compare(static_cast<std::uint64_t>(i), packets_each, tally);
    if (HasFailure()) return;
  }
  RecordProperty("sent", std::to_string(tally.sent));
  EXPECT_EQ(tally.packets, 1'000'000U);
  EXPECT_GT(tally.sent, 500'000U);
  EXPECT_GT(tally.losses.on_the_wire, 10'000U);
  EXPECT_GT(tally.losses.early, 1'000U);
  EXPECT_GT(tally.losses.full, 1'000U);
}

}  // namespace
}  // namespace apiary
