// steady_state SCENARIO: the engine alone in its steady state, for bench/instruction_gate. Prints
// the compiler, the packets that were measured, the replies and the calls of operator new among
// them. callgrind counts what measured_turn() executes; everything else is preparation.
#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include "allocation_counter.h"
#include "config/build.h"
#include "config/fingerprint_catalogue.h"
#include "engine/engine.h"
#include "packets.h"
#include "wire/decode.h"
#include "wire/tcp.h"

using namespace apiary;

namespace {

constexpr std::uint32_t hosts = 1024;
constexpr std::size_t measured_packets = 4096;

IpAddress host(std::uint32_t number) { return IpAddress::v4((10U << 24) + number % hosts); }

/// The hosts are behind two routers where `routed`, on the link otherwise.
Engine make_engine(bool routed) {
  std::string text = "create host\nset host default tcp action reset\nadd host tcp port 80 open\n";
  for (std::uint32_t i = 0; i < hosts; ++i)
    text += fmt::format("bind {} host\n", to_string(host(i)));
  if (routed)
    text +=
        "route entry 10.255.0.1\n"
        "route 10.255.0.1 add net 10.0.0.0/16 10.255.0.2 latency 10ms\n"
        "route 10.255.0.2 link 10.0.0.0/16\n";
  SourceText source("steady_state.conf", text);
  const FingerprintCatalogue catalogue(
      std::make_shared<const FingerprintDatabase>(parse_fingerprints("")));
  EngineSettings settings;
  settings.interfaces = {{LinkLayer::raw_ip, {}, 1500}};
  settings.claimed.add(*parse_ip_prefix("10.0.0.0/8"));
  settings.limits.half_open_connections = hosts;
  settings.limits.icmp_errors_burst = settings.limits.icmp_errors_per_second = 1e9;
  return Engine(build_configuration(source, catalogue).value().honeynet, settings);
}

/// Receives a packet and sends its reply.
[[gnu::noinline]] void measured_turn(Engine& engine, Instant now, const PacketBytes& packet,
                                     Outbox& out) {
  engine.on_frame(now, InterfaceId{0}, {packet}, out);
  engine.on_time(now, out);
}

class Scenario {
 public:
  explicit Scenario(bool routed) : engine_(make_engine(routed)) {}

  /// Sends `packets` in a circle, twice to warm up.
  void measure(const std::vector<PacketBytes>& packets) {
    for (std::size_t i = 0; i < 2 * packets.size(); ++i) warm_up(packets[i % packets.size()]);
    start();
    for (std::size_t i = 0; i < measured_packets; ++i) turn(packets[i % packets.size()]);
  }

  /// Opens a connection to each host and sends segments of 100 bytes in all of them, in turn.
  void measure_data() {
    std::vector<TcpSegment> segments;
    for (std::uint32_t i = 0; i < hosts; ++i) segments.push_back(connect(i));
    const PacketBytes data(100, 'd');
    const auto next_packet = [&](std::size_t i) {
      TcpSegment& segment = segments[i % hosts];
      segment.payload = data;
      PacketBytes packet = tcp_packet(host(static_cast<std::uint32_t>(i % hosts)), segment);
      segment.sequence.value += 100;
      return packet;
    };
    for (std::size_t i = 0; i < std::size_t{8} * hosts; ++i) warm_up(next_packet(i));
    start();
    for (std::size_t i = 0; i < measured_packets; ++i) turn(next_packet(i));
  }

  void print() const {
    fmt::print("compiler {}\npackets {}\nreplies {}\nallocations {}\n",
#ifdef __clang__
               "clang++ " __clang_version__,
#else
               "g++ " __VERSION__,
#endif
               measured_packets, replies_, allocations_);
  }

 private:
  void warm_up(const PacketBytes& packet) {
    now_ += microseconds{100};
    out_.clear();
    engine_.on_frame(now_, InterfaceId{0}, {packet}, out_);
    engine_.on_time(now_, out_);
  }
  void start() { replies_ = allocations_ = 0; }
  void turn(const PacketBytes& packet) {
    now_ += microseconds{100};
    out_.clear();
    const std::uint64_t before = allocations();
    measured_turn(engine_, now_, packet, out_);
    allocations_ += allocations() - before;
    replies_ += out_.packets.size();
  }

  /// The handshake. Returns a segment that continues it.
  TcpSegment connect(std::uint32_t number) {
    warm_up(syn_packet(host(number), Port{4000}, Port{80}));
    if (out_.packets.size() != 1) fail("a SYN got no single reply");
    const auto reply = decode_frame(out_.packets[0].bytes(), LinkLayer::raw_ip);
    const auto* datagram = reply ? std::get_if<IpDatagram>(&reply->content) : nullptr;
    const auto syn_ack = parse_tcp(datagram != nullptr ? datagram->payload : Bytes{});
    if (!syn_ack) fail("the reply to a SYN is no segment");
    TcpSegment segment;
    segment.source_port = Port{4000};
    segment.destination_port = Port{80};
    segment.sequence = {1001};
    segment.acknowledgment = {syn_ack->sequence.value + 1};
    segment.flags = tcp_flag::ack;
    segment.window = 1024;
    warm_up(tcp_packet(host(number), segment));
    return segment;
  }

  [[noreturn]] static void fail(const char* why) {
    fmt::print(stderr, "steady_state: {}\n", why);
    std::exit(2);
  }

  Engine engine_;
  Outbox out_;
  Instant now_{seconds{1'700'000'000}};
  std::uint64_t replies_ = 0, allocations_ = 0;
};

template <class Make>
std::vector<PacketBytes> one_for_each_host(Make make) {
  std::vector<PacketBytes> packets;
  for (std::uint32_t i = 0; i < hosts; ++i)
    packets.push_back(make(host(i * 403)));  // odd, so each host gets one
  return packets;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view name = count == 2 ? arguments[1] : "";
  Scenario scenario(name == "echo_behind_routers");
  if (name == "echo" || name == "echo_behind_routers") {
    scenario.measure(one_for_each_host(echo_packet));
  } else if (name == "syn_to_closed_port") {
    scenario.measure(one_for_each_host(
        [](const IpAddress& address) { return syn_packet(address, Port{4000}, Port{81}); }));
  } else if (name == "syn_to_open_port") {
    // Twice as many as may be half open, so that each evicts the oldest.
    auto packets = one_for_each_host(
        [](const IpAddress& address) { return syn_packet(address, Port{4000}, Port{80}); });
    for (std::uint32_t i = 0; i < hosts; ++i)
      packets.push_back(syn_packet(host(i * 403), Port{4001}, Port{80}));
    scenario.measure(packets);
  } else if (name == "udp_to_closed_port") {
    scenario.measure(
        one_for_each_host([](const IpAddress& address) { return udp_packet(address, Port{161}); }));
  } else if (name == "data_in_connections") {
    scenario.measure_data();
  } else {
    fmt::print(stderr,
               "usage: steady_state echo|echo_behind_routers|syn_to_closed_port|syn_to_open_port|"
               "udp_to_closed_port|data_in_connections\n");
    return 2;
  }
  scenario.print();
}
