#pragma once

#include "topology/topology.h"

namespace apiary {

/// A tree of `routers` routers for tests and benchmarks: chains that start at the first router,
/// with at most `depth` routers on a path. Router n = 256 a + b is 10.a.b.1 and has the network
/// 10.a.b.0/24; every third has one more. Each router has a route for every router below it.
inline TopologySpec large_topology(std::size_t routers, std::size_t depth) {
  const auto router = [](std::size_t n) {
    return IpAddress::v4(10, static_cast<std::uint8_t>(n / 256), static_cast<std::uint8_t>(n % 256),
                         1);
  };
  TopologySpec plan;
  plan.entries = {{router(0), *parse_ip_prefix("10.0.0.0/8")}};
  for (std::size_t n = 0; n < routers; ++n) {
    const IpPrefix network{router(n), 24};
    plan.direct.push_back({router(n), network});
    if (n % 3 == 0)
      plan.unreachable.push_back(
          {router(n), IpPrefix{IpAddress::v4(router(n).v4_value() + 199), 28}});
    if (n == 0) continue;
    const std::size_t chain = (n - 1) / (depth - 1) * (depth - 1) + 1;  // its first router
    const auto link = [](std::size_t below) {
      LinkQuality quality{.latency = microseconds{100 + below % 900}};
      if (below % 10 == 0) quality.bits_per_second = 100'000'000;
      return quality;
    };
    plan.next_hops.push_back({router(0), network, router(chain), link(chain)});
    for (std::size_t at = chain; at < n; ++at)
      plan.next_hops.push_back({router(at), network, router(at + 1), link(at + 1)});
  }
  return plan;
}

}  // namespace apiary
