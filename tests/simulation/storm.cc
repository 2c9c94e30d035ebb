#include "storm.h"

#include <fmt/format.h>

#include "config/build.h"
#include "config/fingerprint_catalogue.h"
#include "frame_source.h"
#include "packet_check.h"
#include "service_source.h"
#include "wire/decode.h"
#include "wire/describe.h"

namespace apiary::simulation {
namespace {

constexpr std::string_view configuration = R"(
route entry 10.0.0.1 network 10.0.0.0/8
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55ms loss 0.1
route 10.0.0.1 add net 10.2.0.0/15 10.2.0.1 latency 20ms loss 5
route 10.1.0.1 link 10.1.0.0/24
route 10.2.0.1 link 10.2.0.0/24
route 10.2.0.1 add net 10.3.0.0/16 10.3.0.1 latency 10ms
route 10.3.0.1 link 10.3.0.0/16
create default
set default default tcp action reset
create host
add host tcp port 23 "cat"
add host udp port 53 "cat"
add host tcp port 80 open
add host tcp port 25 block
create dark
set dark default tcp action block
set dark default udp action block
set dark default icmp action block
bind 10.0.0.2 host
bind 10.0.0.9 host
bind 10.1.0.2 host
bind 10.1.0.3 dark
bind 10.2.0.2 host
bind 10.3.0.2 host
bind 10.3.0.1 host
)";

class Storm {
 public:
  Storm(std::shared_ptr<const Honeynet> honeynet, std::uint64_t seed)
      : settings_(storm_settings(seed)),
        engine_(std::move(honeynet), settings_),
        frames_(mix_bits(seed)),
        services_(mix_bits(seed + 1)),
        random_(mix_bits(seed + 2)) {}

  tl::expected<StormResult, std::string> run(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i)
      if (auto fault = turn()) return tl::unexpected(fmt::format("frame {}: {}", i, *fault));
    result_.frames = count;
    return result_;
  }

 private:
  using Fault = std::optional<std::string>;

  Fault turn() {
    pass_time();
    const ThrownFrame frame = frames_.next(memory_);
    // In a buffer of exactly its size, so that the sanitizer finds every overread.
    engine_.on_frame(now_, frame.interface, {frame.bytes, random_.below(100) == 0}, out_);
    if (auto fault = execute_command()) return fault;
    if (random_.below(3) == 0) services_.speak(now_, engine_, out_);
    if (engine_.next_deadline() <= now_) engine_.on_time(now_, out_);
    if (auto fault = execute_command()) return fault;
    return check_limits();
  }

  void pass_time() {
    const std::uint64_t kind = random_.below(10'000);
    const Duration longest = kind == 0   ? Duration{minutes{5}}
                             : kind < 50 ? Duration{seconds{3}}
                                         : Duration{microseconds{200}};
    now_ += Duration{
        static_cast<Duration::rep>(random_.below(static_cast<std::uint64_t>(longest.count())))};
  }

  Fault execute_command() {
    for (const apiary::Packet& packet : out_.packets) {
      if (const auto fault = fault_of(packet, settings_))
        return fmt::format("{}: {}", *fault, describe_sent(packet));
      note(packet);
    }
    if (auto fault = result_.output.execute_command(out_, services_)) return fault;
    out_.clear();
    return {};
  }

  void note(const apiary::Packet& packet) {
    result_.output.note(packet);
    const auto decoded = decode_frame(packet.bytes(), link_layer(packet));
    const auto* datagram = std::get_if<IpDatagram>(&decoded->content);
    if (datagram == nullptr || !datagram->is(IpProtocol::tcp) || datagram->is_fragment()) return;
    if (const auto segment = parse_tcp(datagram->payload)) memory_.note(*datagram, *segment);
  }

  Fault check_limits() const {
    if (engine_.connections() > settings_.limits.connections) return "too many connections";
    if (services_.open_sessions() > settings_.limits.connections + settings_.limits.udp_flows)
      return "too many sessions";
    return {};
  }

  LinkLayer link_layer(const apiary::Packet& packet) const {
    return settings_.interfaces[packet.interface.index].link_layer;
  }
  std::string describe_sent(const apiary::Packet& packet) const {
    return describe_frame(packet.bytes(), link_layer(packet), {.ip_attributes = true});
  }

  EngineSettings settings_;
  Engine engine_;
  Outbox out_;
  FrameSource frames_;
  ServiceSource services_;
  VisitorMemory memory_;
  Random random_;
  Instant now_{seconds{1'700'000'000}};
  StormResult result_;
};

}  // namespace

EngineSettings storm_settings(std::uint64_t seed) {
  EngineSettings settings;
  settings.interfaces = {{LinkLayer::raw_ip, {}, 1500},
                         {LinkLayer::ethernet, MacAddress{{2, 0, 0, 0, 0, 0xfe}}, 1500}};
  settings.claimed.add(*parse_ip_prefix("10.0.0.0/8"));
  settings.host_key = {seed, 1};
  settings.seed = seed;
  Limits& limits = settings.limits;  // small, so that the storm reaches them
  limits.hosts = 500;
  limits.connections = 1'000;
  limits.half_open_connections = 200;
  limits.unusual_half_open_connections = 50;
  limits.send_buffer_bytes = limits.receive_buffer_bytes = 65'536;
  limits.max_send_buffer_bytes = 262'144;
  limits.out_of_order_bytes = 256 * 1024;
  limits.reassembly_bytes = 128 * 1024;
  limits.reassembly_datagrams = 100;
  limits.packet_buffer_bytes = 2 * 1024 * 1024;
  limits.udp_flows = 200;
  limits.arp_entries = 100;
  return settings;
}

tl::expected<std::shared_ptr<const Honeynet>, std::string> storm_honeynet() {
  const FingerprintCatalogue catalogue(
      std::make_shared<const FingerprintDatabase>(parse_fingerprints("")));
  SourceText source("storm.conf", std::string(configuration));
  auto built = build_configuration(source, catalogue);
  if (!built) return tl::unexpected(render(built.error(), source));
  return built->honeynet;
}

tl::expected<StormResult, std::string> run_storm(std::shared_ptr<const Honeynet> honeynet,
                                                 std::uint64_t frames, std::uint64_t seed) {
  return std::make_unique<Storm>(std::move(honeynet), seed)->run(frames);
}

}  // namespace apiary::simulation
