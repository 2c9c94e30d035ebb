// The time to look up a packet's path, and to compute all paths.
#include <benchmark/benchmark.h>

#include "topology/emulated_network.h"
#include "topology/testing/large_topology.h"

namespace apiary {
namespace {

constexpr std::size_t routers = 1'000, depth = 32;

const Topology& large() {
  static const Topology topology = Topology::build(large_topology(routers, depth)).value();
  return topology;
}

/// Addresses all over the networks of the routers, in an order that defeats caches.
std::vector<IpAddress> targets() {
  Random random(1);
  std::vector<IpAddress> addresses;
  for (int i = 0; i < 65'536; ++i) {
    const auto n = static_cast<std::uint32_t>(random.below(routers));
    addresses.push_back(
        IpAddress::v4((10U << 24) + (n << 8) + static_cast<std::uint32_t>(random.below(256))));
  }
  return addresses;
}

void path_look_up(benchmark::State& state) {
  const std::vector<IpAddress> addresses = targets();
  const Topology& topology = large();
  std::size_t next = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(topology.path_to(addresses[next++ % addresses.size()]));
}
BENCHMARK(path_look_up);

/// Includes random numbers, queues and hops of the inbound path.
void way_in(benchmark::State& state) {
  const std::vector<IpAddress> addresses = targets();
  EmulatedNetwork network(large(), 1);
  Instant now{seconds{1'700'000'000}};
  std::size_t next = 0;
  for (auto _ : state) {
    now += microseconds{10};
    benchmark::DoNotOptimize(
        network.route_inbound(now, {addresses[next++ % addresses.size()], 64, 100}));
  }
}
BENCHMARK(way_in);

void build_paths(benchmark::State& state) {
  const TopologySpec plan = large_topology(static_cast<std::size_t>(state.range(0)), depth);
  for (auto _ : state) benchmark::DoNotOptimize(Topology::build(plan));
}
BENCHMARK(build_paths)->Arg(100)->Arg(routers)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace apiary
