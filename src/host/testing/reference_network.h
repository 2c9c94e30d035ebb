#pragma once

#include <cmath>
#include <deque>
#include <map>
#include <numbers>
#include <optional>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "topology/topology.h"

namespace apiary {

/// A simple, slow reference implementation of the virtual network, for comparison with the real
/// one. It moves packets from link to link by a list of events. It shares only the plan, the random
/// number generator and the seeds; it implements the order of decision 2 independently.
class ReferenceNetwork {
 public:
  struct Sent {
    Instant at;
    std::uint32_t id;
    auto operator<=>(const Sent&) const = default;
  };
  /// How far a packet got on its inbound path: the links and routers that it passed.
  struct Reached {
    Instant at;
    std::size_t links = 0, routers = 0;
    auto operator<=>(const Reached&) const = default;
  };
  struct Losses {
    std::uint64_t on_the_wire = 0, early = 0, full = 0;
    auto operator<=>(const Losses&) const = default;
  };

  ReferenceNetwork(const TopologySpec& plan, std::uint64_t seed)
      : plan_(plan), seed_(seed), inward_(mix_bits(seed + 1)), outward_(mix_bits(seed + 2)) {}

  std::vector<Reached> come_in(Instant now, const IpAddress& destination, std::uint8_t ttl,
                               std::size_t size) {
    const Way& way = way_to(destination);
    const std::size_t forwarding = way.reaches ? way.routers : way.routers - 1;
    Reached goal{now, way.links.size(), way.routers};
    if (ttl <= forwarding && forwarding > 0)
      goal.links = goal.routers = std::max<std::size_t>(ttl, 1) - 1;
    else if (!way.reaches)
      goal.routers = way.routers - 1;

    struct Copy {
      std::size_t links;
      Instant at;
      bool is_fresh;  // it has not crossed its first run yet
    };
    std::vector<Reached> reached;
    std::deque<Copy> copies{{0, now, true}};
    std::size_t made = 1;
    for (; !copies.empty(); copies.pop_front()) {
      auto [links, at, is_fresh] = copies.front();
      bool lives = !is_fresh || run_inward(way, goal.links, inward_, links, at);
      while (lives && links < goal.links) {
        const NextHopRoute& route = *way.links[links];
        Lane& lane = lane_of(route, true);
        const Outcome over = cross(lane, route.link, at, size);
        ++links;
        if (over.why != nullptr) {
          ++(losses_.*over.why);
          lives = false;
          break;
        }
        std::size_t copy_links = links;
        lives = run_inward(way, goal.links, lane.rng, links, at = over.at);
        if (over.copy_at) {
          Instant copy_at = *over.copy_at;
          const std::uint64_t lost = losses_.on_the_wire;
          if (run_inward(way, goal.links, lane.rng, copy_links, copy_at)) {
            if (made++ < 16) copies.push_back({copy_links, copy_at, false});
          }
          losses_.on_the_wire = lost;  // a lost copy does not count
        }
      }
      if (lives) reached.push_back({at, goal.links, goal.routers});
    }
    return reached;
  }

  /// A packet departs at `at` from the position `from` on the path to `address`.
  void set_out(const IpAddress& address, const Reached& from, std::uint32_t id, std::size_t size) {
    const Way& way = way_to(address);
    if (outward_.happens(run_outward_loss(way, from.links))) {
      ++losses_.on_the_wire;
      return;
    }
    events_.emplace(from.at, Event{&way, from.links, id, size});
  }

  /// All packets that reach the outside until `now`, in order.
  std::vector<Sent> run(Instant now) {
    std::vector<Sent> sent;
    while (!events_.empty() && events_.begin()->first <= now) {
      const auto [at, event] = *events_.begin();
      events_.erase(events_.begin());
      if (event.links == 0) {
        sent.push_back({at, event.id});
        continue;
      }
      Event next = event;
      const NextHopRoute& route = *event.way->links[--next.links];
      if (!route.link.is_stateful()) {
        events_.emplace(at + route.link.latency, next);
        continue;
      }
      Lane& lane = lane_of(route, false);
      const Outcome over = cross(lane, route.link, at, event.size);
      if (over.why != nullptr) {
        ++(losses_.*over.why);
        continue;
      }
      const Probability loss = run_outward_loss(*event.way, next.links);
      const bool is_lost = lane.rng.happens(loss);
      if (over.copy_at && !lane.rng.happens(loss)) events_.emplace(*over.copy_at, next);
      if (is_lost)
        ++losses_.on_the_wire;
      else
        events_.emplace(over.at, next);
    }
    return sent;
  }

  const Losses& losses() const { return losses_; }

 private:
  /// The links from the entry on, and whether the last router leads to the destination.
  struct Way {
    std::vector<const NextHopRoute*> links;
    std::size_t routers = 0;
    bool reaches = true;
  };
  struct Event {
    const Way* way;
    std::size_t links;  // not crossed yet
    std::uint32_t id;
    std::size_t size;
  };
  struct Transmission {
    Instant begin, end;
  };
  struct Lane {
    Random rng;
    std::vector<Transmission> transmissions;
    bool in_burst = false;
  };
  struct Outcome {
    Instant at{};
    std::uint64_t Losses::*why = nullptr;
    std::optional<Instant> copy_at{};
  };

  const Way& way_to(const IpAddress& destination) {
    const auto [known, is_new] = ways_.try_emplace(destination);
    Way& way = known->second;
    if (!is_new) return way;
    IpAddress router = plan_.entries.front().router;
    while (router != destination) {
      ++way.routers;
      int best = -1;
      const NextHopRoute* next = nullptr;
      for (const DirectRoute& route : plan_.direct)
        if (route.router == router && route.network.contains(destination))
          best = std::max(best, route.network.length());
      for (const NextHopRoute& route : plan_.next_hops)
        if (route.router == router && route.network.contains(destination) &&
            route.network.length() > best) {
          best = route.network.length();
          next = &route;
        }
      way.reaches = best >= 0;
      if (next == nullptr) break;
      way.links.push_back(next);
      router = next->next;
    }
    return way;
  }

  Lane& lane_of(const NextHopRoute& route, bool inward) {
    const IpAddress from = inward ? route.router : route.next;
    const IpAddress to = inward ? route.next : route.router;
    const auto known = lanes_.find({from, to});
    if (known != lanes_.end()) return known->second;
    std::uint64_t seed = mix_bits(seed_ ^ std::min(from, to).v4_value());
    seed = mix_bits(seed ^ std::max(from, to).v4_value());
    seed = mix_bits(seed ^ (from < to ? 0U : 1U));  // no parallel links here
    return lanes_.emplace(std::pair{from, to}, Lane{Random{seed}, {}}).first->second;
  }

  /// Crosses the stateless links from `links` on, up to the next stateful one or the destination.
  bool run_inward(const Way& way, std::size_t goal, Random& rng, std::size_t& links, Instant& at) {
    Probability loss;
    for (; links < goal && !way.links[links]->link.is_stateful(); ++links) {
      at += way.links[links]->link.latency;
      loss = either(loss, way.links[links]->link.loss);
    }
    if (!rng.happens(loss)) return true;
    ++losses_.on_the_wire;
    return false;
  }

  static Probability run_outward_loss(const Way& way, std::size_t links) {
    std::size_t begin = links;
    while (begin > 0 && !way.links[begin - 1]->link.is_stateful()) --begin;
    Probability loss;
    for (; begin < links; ++begin) loss = either(loss, way.links[begin]->link.loss);
    return loss;
  }

  /// The last continuous sequence of transmissions; empty if there is none.
  static Transmission last_run(const Lane& lane) {
    Transmission run{};
    for (auto one = lane.transmissions.rbegin(); one != lane.transmissions.rend(); ++one) {
      if (one != lane.transmissions.rbegin() && one->end != run.begin) break;
      if (one == lane.transmissions.rbegin()) run.end = one->end;
      run.begin = one->begin;
    }
    return run;
  }

  static Outcome cross(Lane& lane, const LinkQuality& link, Instant at, std::size_t size) {
    Random& rng = lane.rng;
    if (link.bits_per_second > 0) {
      const double rate = static_cast<double>(link.bits_per_second);
      const double bits = 8.0 * static_cast<double>(size);
      const Duration transmission{std::llround(std::ceil(bits * 1e9 / rate))};
      const Transmission run = last_run(lane);
      const bool is_before = at + transmission <= run.begin;
      const Duration wait = is_before ? Duration{} : std::max(run.end - at, Duration{});
      const Duration room =
          link.early_drop
              ? link.early_drop->to
              : std::max<Duration>(milliseconds{100},
                                   Duration{std::llround(std::ceil(24'000 * 8e9 / rate))});
      if (wait > room) return {at, &Losses::full};
      if (link.early_drop && wait > link.early_drop->from) {
        const double from = static_cast<double>(link.early_drop->from.count());
        const double to = static_cast<double>(link.early_drop->to.count());
        if (rng.happens({(static_cast<double>(wait.count()) - from) / (to - from)}))
          return {at, &Losses::early};
      }
      if (!is_before) lane.transmissions.push_back({at + wait, at + wait + transmission});
      at += wait + transmission;
    }
    if (link.burst_loss) {
      const bool lost = rng.happens(lane.in_burst ? link.burst_loss->loss_when_bad
                                                  : link.burst_loss->loss_when_good);
      if (lane.in_burst)
        lane.in_burst = !rng.happens(link.burst_loss->to_good);
      else
        lane.in_burst = rng.happens(link.burst_loss->to_bad);
      if (lost) return {at, &Losses::on_the_wire};
    } else if (rng.happens(link.loss)) {
      return {at, &Losses::on_the_wire};
    }
    const bool twice = rng.happens(link.duplicate);
    Outcome over{at + flight(link, rng)};
    if (twice) over.copy_at = at + flight(link, rng);
    return over;
  }

  static Duration flight(const LinkQuality& link, Random& rng) {
    if (rng.happens(link.reorder)) return {};
    const double spread = static_cast<double>(link.jitter.spread.count());
    if (spread == 0) return link.latency;
    double late = 0;
    switch (link.jitter.shape) {
      case Jitter::Shape::uniform:
        late = 2 * rng.fraction() - 1;
        break;
      case Jitter::Shape::normal:
        late = std::sqrt(-2 * std::log(1 - rng.fraction()));
        late *= std::cos(2 * std::numbers::pi * rng.fraction());
        break;
      case Jitter::Shape::pareto:
        late = std::min((std::pow(1 - rng.fraction(), -1.0 / 3) - 1.5) / std::sqrt(0.75), 20.0);
        break;
    }
    return std::max(Duration{}, link.latency + Duration{std::llround(late * spread)});
  }

  const TopologySpec& plan_;
  std::uint64_t seed_;
  Random inward_, outward_;
  std::map<IpAddress, Way> ways_;
  std::map<std::pair<IpAddress, IpAddress>, Lane> lanes_;  // from, to
  std::multimap<Instant, Event> events_;
  Losses losses_;
};

}  // namespace apiary
