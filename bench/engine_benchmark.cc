// The engine alone, without a network: a /16 of bound hosts, each packet to another of them.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "allocation_counter.h"
#include "config/build.h"
#include "config/fingerprint_catalogue.h"
#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "packets.h"

namespace apiary {
namespace {

constexpr std::uint32_t hosts = 65'536;
IpAddress host(std::uint32_t number) { return IpAddress::v4((10U << 24) + number % hosts); }

std::shared_ptr<const Honeynet> build_honeynet() {
  std::string text = "create host\nset host default tcp action reset\nadd host tcp port 80 open\n";
  for (std::uint32_t i = 0; i < hosts; ++i)
    text += fmt::format("bind {} host\n", to_string(host(i)));
  SourceText source("bench.conf", text);
  const FingerprintCatalogue catalogue(
      std::make_shared<const FingerprintDatabase>(parse_fingerprints("")));
  return build_configuration(source, catalogue).value().honeynet;
}

Engine make_engine(const Limits& limits) {
  static const std::shared_ptr<const Honeynet> honeynet = build_honeynet();
  EngineSettings settings;
  settings.interfaces = {{LinkLayer::raw_ip, {}, 1500}};
  settings.claimed.add(*parse_ip_prefix("10.0.0.0/16"));
  settings.limits = limits;
  return Engine(honeynet, settings);
}

/// Sends `packets` to an engine one after the other, repeatedly, 10 microseconds apart.
void throw_packets(benchmark::State& state, const std::vector<PacketBytes>& packets,
                   const Limits& limits = {}) {
  Engine engine = make_engine(limits);
  Outbox out;
  Instant now{seconds{1'700'000'000}};
  std::size_t next = 0;
  std::uint64_t replies = 0;
  const auto turn = [&] {
    now += microseconds{10};
    engine.on_frame(now, InterfaceId{0}, {packets[next]}, out);
    next = next + 1 == packets.size() ? 0 : next + 1;
    engine.on_time(now, out);
    replies += out.packets.size();
    out.clear();
  };
  for (std::size_t i = 0; i < 2 * packets.size(); ++i) turn();  // the steady state, not the start

  const std::uint64_t allocations_before = allocations();
  replies = 0;
  for (auto _ : state) turn();
  const auto turns = static_cast<double>(state.iterations());
  state.SetItemsProcessed(state.iterations());
  state.counters["allocations"] = static_cast<double>(allocations() - allocations_before) / turns;
  state.counters["replies"] = static_cast<double>(replies) / turns;
}

template <class Make>
std::vector<PacketBytes> one_for_each_host(Make make) {
  std::vector<PacketBytes> packets;
  for (std::uint32_t i = 0; i < hosts; ++i)
    packets.push_back(make(host(i * 40'503)));  // odd, so that each host appears once, out of order
  return packets;
}

void echo(benchmark::State& state) { throw_packets(state, one_for_each_host(echo_packet)); }

void syn_to_open_port(benchmark::State& state) {
  // A flood of incomplete handshakes; at the limit each evicts the oldest.
  std::vector<PacketBytes> packets;
  for (std::uint32_t i = 0; i < 4 * hosts; ++i)
    packets.push_back(
        syn_packet(host(i * 40'503), Port{static_cast<std::uint16_t>(1024 + i / hosts)}, Port{80}));
  throw_packets(state, packets);
}

void syn_to_closed_port(benchmark::State& state) {
  throw_packets(state, one_for_each_host([](const IpAddress& address) {
                  return syn_packet(address, Port{4000}, Port{81});
                }));
}

void udp_to_closed_port(benchmark::State& state) {
  Limits limits;
  limits.icmp_errors_burst = limits.icmp_errors_per_second =
      1e9;  // measures the reply, not the rate limit
  throw_packets(state, one_for_each_host([](const IpAddress& address) {
                  return udp_packet(address, Port{161});
                }),
                limits);
}

BENCHMARK(echo);
BENCHMARK(syn_to_open_port);
BENCHMARK(syn_to_closed_port);
BENCHMARK(udp_to_closed_port);

}  // namespace
}  // namespace apiary
