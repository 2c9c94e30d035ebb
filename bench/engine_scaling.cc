// engine_scaling WHAT COUNT: what a packet costs in the engine, and the memory that it holds, with
// COUNT of WHAT: hosts that receive pings in random order, idle connections that receive 100 bytes
// each, routers on the way to the hosts, or rules (statements that bind networks). Prints the
// median of nanoseconds for a packet with its reply, over rounds of some thousand, and the bytes of
// memory that the engine took for COUNT. bench/performance draws charts of it.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "base/random.h"
#include "config/build.h"
#include "config/fingerprint_catalogue.h"
#include "engine/engine.h"
#include "packets.h"
#include "wire/decode.h"
#include "wire/tcp.h"

using namespace apiary;

namespace {

constexpr std::size_t batch = 64, packets_in_round = batch * 256, rounds = 15;
constexpr std::uint32_t first_host = 10U << 24;

[[noreturn]] void fail(std::string_view why) {
  fmt::print(stderr, "engine_scaling: {}\n", why);
  std::exit(2);
}

/// Bytes in memory. The heap's own count has the address space that tables reserve, too.
std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0, resident_pages = 0;
  file >> pages >> resident_pages;
  return resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// Routers 11.0.0.0 and so on, each but the first behind another that has four behind it; the hosts
/// are behind the last one.
std::string routers(std::uint32_t count) {
  const auto router = [](std::uint32_t number) {
    return to_string(IpAddress::v4((11U << 24) + number));
  };
  std::string text = fmt::format("route entry {}\n", router(1));
  const auto behind = [&](std::uint32_t inner, std::string_view network) {
    if (inner > 1)
      text +=
          fmt::format("route {} add net {} {}\n", router((inner + 2) / 4), network, router(inner));
  };
  for (std::uint32_t i = 2; i <= count; ++i) behind(i, router(i) + "/32");
  for (std::uint32_t i = count; i > 1; i = (i + 2) / 4) behind(i, "10.0.0.0/8");
  return text + fmt::format("route {} link 10.0.0.0/8\n", router(count));
}

std::string configuration(std::string_view what, std::uint32_t count) {
  std::string text =
      "create host\nset host default tcp action reset\nadd host tcp port 80 open\n"
      "bind 10.0.0.0/8 host\n";
  if (what == "routers") text += routers(count);
  if (what == "rules")
    for (std::uint32_t i = 0; i < count; ++i)
      text += fmt::format("bind {}/28 host\n", to_string(IpAddress::v4(first_host + 16 * i)));
  return text;
}

class Scaling {
 public:
  Scaling(std::string_view what, std::uint32_t count)
      : count_(count), engine_(make_engine(what, count)) {}

  void ping(std::uint32_t hosts) {
    const PacketBytes echo = echo_packet(IpAddress::v4(first_host));
    const auto send_to = [&](std::uint32_t number, PacketBytes& packet) {
      packet = echo;
      set_destination(packet, first_host + number);
    };
    const std::size_t before = resident_bytes();
    for (std::uint32_t next = 0; next < hosts;)
      turn([&](PacketBytes& packet) { send_to(next++ % hosts, packet); });
    held_bytes_ = resident_bytes() - before;
    measure([&](PacketBytes& packet) {
      send_to(static_cast<std::uint32_t>(random_.below(hosts)), packet);
    });
  }

  void converse() {
    std::vector<TcpSegment> next(count_);
    const std::size_t before = resident_bytes();
    for (std::uint32_t i = 0; i < count_; ++i) next[i] = open(i);
    held_bytes_ = resident_bytes() - before;
    const PacketBytes data(100, 'd');
    measure([&](PacketBytes& packet) {
      const auto i = static_cast<std::uint32_t>(random_.below(count_));
      next[i].payload = data;
      packet = tcp_packet(host_of(i), next[i]);
      next[i].sequence.value += 100;
    });
  }

  void print() const {
    std::vector<double> sorted = nanoseconds_;
    std::ranges::sort(sorted);
    fmt::print("nanoseconds {:.1f}\nbytes {}\n", sorted[sorted.size() / 2], held_bytes_);
  }

 private:
  static Engine make_engine(std::string_view what, std::uint32_t count) {
    SourceText source("scaling.conf", configuration(what, count));
    const FingerprintCatalogue catalogue(
        std::make_shared<const FingerprintDatabase>(parse_fingerprints("")));
    auto built = build_configuration(source, catalogue);
    if (!built) fail(built.error().front().message);
    EngineSettings settings;
    settings.interfaces = {{LinkLayer::raw_ip, {}, 1500}};
    settings.claimed.add(*parse_ip_prefix("10.0.0.0/8"));
    return Engine(built->honeynet, settings);
  }

  static IpAddress host_of(std::uint32_t connection) {
    return IpAddress::v4(first_host + connection % 65'536);
  }

  /// Changes the destination of an IPv4 packet whose transport checksum does not cover it.
  static void set_destination(PacketBytes& packet, std::uint32_t address) {
    auto datagram = parse_ip(packet).value();
    datagram.destination = IpAddress::v4(address);
    emit_ip_header(datagram, datagram.payload.size(), packet);
  }

  /// Handles a batch of packets that `make` writes. Returns the time that the engine took.
  template <class Make>
  std::chrono::nanoseconds turn(Make make) {
    for (PacketBytes& packet : packets_) make(packet);
    frames_.clear();
    for (const PacketBytes& packet : packets_) frames_.push_back({packet});
    now_ += microseconds{640};
    out_.clear();
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < batch; ++i) {
      engine_.expect(InterfaceId{0}, frames_, i);
      engine_.on_frame(now_, InterfaceId{0}, frames_[i], out_);
    }
    engine_.on_time(now_, out_);
    return std::chrono::steady_clock::now() - start;
  }

  template <class Make>
  void measure(Make make) {
    for (std::size_t i = 0; i < packets_in_round / batch; ++i) turn(make);
    for (std::size_t round = 0; round < rounds; ++round) {
      std::chrono::nanoseconds took{};
      for (std::size_t i = 0; i < packets_in_round / batch; ++i) took += turn(make);
      nanoseconds_.push_back(static_cast<double>(took.count()) / packets_in_round);
    }
  }

  /// The handshake of a connection. Returns the segment that continues it.
  TcpSegment open(std::uint32_t number) {
    const Port port{static_cast<std::uint16_t>(1024 + number / 65'536)};
    receive(syn_packet(host_of(number), port, Port{80}));
    if (out_.packets.size() != 1) fail("a SYN got no single reply");
    const auto reply = parse_ip(out_.packets[0].bytes());
    const auto syn_ack = parse_tcp(reply ? reply->payload : Bytes{});
    if (!syn_ack) fail("the reply to a SYN is no segment");
    const TcpSegment segment{.source_port = port,
                             .destination_port = {80},
                             .sequence = {1001},
                             .acknowledgment = syn_ack->sequence + 1,
                             .flags = tcp_flag::ack,
                             .window = 1024,
                             .options = {},
                             .payload = {}};
    receive(tcp_packet(host_of(number), segment));
    return segment;
  }

  void receive(const PacketBytes& packet) {
    now_ += microseconds{10};
    out_.clear();
    engine_.on_frame(now_, InterfaceId{0}, {packet}, out_);
    engine_.on_time(now_, out_);
  }

  std::uint32_t count_;
  Engine engine_;
  Outbox out_;
  Instant now_{seconds{1'700'000'000}};
  Random random_{1};
  std::vector<PacketBytes> packets_{batch};
  std::vector<ReceivedFrame> frames_;
  std::size_t held_bytes_ = 0;
  std::vector<double> nanoseconds_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 3 ? argv[1] : "";
  const auto count =
      argc == 3 ? static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)) : 0U;
  if (count == 0 || count > (1U << 24))
    fail("usage: engine_scaling hosts|connections|routers|rules COUNT");
  const std::size_t empty = resident_bytes();
  Scaling scaling(what, count);
  if (what == "connections")
    scaling.converse();
  else
    scaling.ping(what == "hosts" ? count : 65'536);
  scaling.print();
  fmt::print("configuration_bytes {}\n", resident_bytes() - empty);
  return 0;
}
