// The engine alone, without a network: a /16 of bound hosts, each packet to another of them. The
// hosts are of one system, or of all that the installed Nmap knows.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <fstream>
#include <iterator>

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

/// The text of Nmap's fingerprints; empty if Nmap is not installed.
std::string nmap_fingerprints() {
  std::ifstream file("/usr/share/nmap/nmap-os-db");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::shared_ptr<const Honeynet> build_honeynet(const std::string& fingerprints) {
  const auto database =
      std::make_shared<const FingerprintDatabase>(parse_fingerprints(fingerprints));
  const std::size_t systems = std::max<std::size_t>(database->fingerprints().size(), 1);
  std::string text;
  for (std::size_t i = 0; i < systems; ++i) {
    text += fmt::format("create host{0}\nset host{0} default tcp action reset\n", i);
    text += fmt::format("add host{0} tcp port 80 open\n", i);
    if (!database->fingerprints().empty())
      text += fmt::format("set host{} personality \"@{}\"\n", i, database->fingerprints()[i].line);
  }
  for (std::uint32_t i = 0; i < hosts; ++i)
    text += fmt::format("bind {} host{}\n", to_string(host(i)), i % systems);
  SourceText source("bench.conf", text);
  return build_configuration(source, FingerprintCatalogue(database)).value().honeynet;
}

std::shared_ptr<const Honeynet> honeynet_of(bool all_systems) {
  if (all_systems) {
    static const std::shared_ptr<const Honeynet> all = build_honeynet(nmap_fingerprints());
    return all;
  }
  static const std::shared_ptr<const Honeynet> one = build_honeynet("");
  return one;
}

Engine make_engine(bool all_systems, const Limits& limits) {
  EngineSettings settings;
  settings.interfaces = {{LinkLayer::raw_ip, {}, 1500}};
  settings.claimed.add(*parse_ip_prefix("10.0.0.0/16"));
  settings.limits = limits;
  return Engine(honeynet_of(all_systems), settings);
}

/// Sends `packets` to an engine one after the other, repeatedly, 10 microseconds apart. As many as
/// a batch has make a turn.
void throw_packets(benchmark::State& state, const std::vector<PacketBytes>& packets,
                   const Limits& limits = {}) {
  Engine engine = make_engine(state.range(0) != 0, limits);
  Outbox out;
  Instant now{seconds{1'700'000'000}};
  const auto batch = static_cast<std::size_t>(state.range(1));
  std::vector<ReceivedFrame> frames;
  for (const PacketBytes& packet : packets) frames.push_back({packet});
  std::size_t next = 0, in_batch = 0;
  std::uint64_t replies = 0;
  const auto receive = [&] {
    now += microseconds{10};
    if (batch > 1) {
      const std::size_t first = next - std::min(next, in_batch);
      engine.expect(InterfaceId{0},
                    std::span(frames).subspan(first, std::min(batch, frames.size() - first)),
                    next - first);
    }
    engine.on_frame(now, InterfaceId{0}, frames[next], out);
    next = next + 1 == frames.size() ? 0 : next + 1;
    if (++in_batch < batch) return;
    in_batch = 0;
    engine.on_time(now, out);
    replies += out.packets.size();
    out.clear();
  };
  for (std::size_t i = 0; i < 2 * frames.size(); ++i) receive();  // the steady state, not the start

  const std::uint64_t allocations_before = allocations();
  replies = 0;
  for (auto _ : state) receive();
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
  Limits limits;
  limits.half_open_connections = hosts;
  std::vector<PacketBytes> packets;
  for (std::uint32_t i = 0; i < 4 * hosts; ++i)
    packets.push_back(
        syn_packet(host(i * 40'503), Port{static_cast<std::uint16_t>(1024 + i / hosts)}, Port{80}));
  throw_packets(state, packets, limits);
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

void arguments(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"all_systems", "batch"})->Args({0, 1})->Args({1, 1})->Args({1, 64});
}
BENCHMARK(echo)->Apply(arguments);
BENCHMARK(syn_to_open_port)->Apply(arguments);
BENCHMARK(syn_to_closed_port)->Apply(arguments);
BENCHMARK(udp_to_closed_port)->Apply(arguments);

}  // namespace
}  // namespace apiary
