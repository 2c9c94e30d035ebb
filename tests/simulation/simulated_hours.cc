#include "simulated_hours.h"

#include <fmt/format.h>

#include <map>
#include <unordered_set>

#include "actors.h"
#include "base/timing_wheel.h"
#include "config/build.h"
#include "config/fingerprint_catalogue.h"
#include "packet_check.h"
#include "service_source.h"
#include "storm.h"
#include "wire/decode.h"
#include "wire/describe.h"

namespace apiary::simulation {
namespace {

constexpr std::string_view base_configuration = R"(
route entry 10.0.0.1 network 10.0.0.0/8
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55ms loss 0.1
route 10.0.0.1 add net 10.2.0.0/15 10.2.0.1 latency 20ms loss 5 jitter 5ms bandwidth 2Mbps
route 10.1.0.1 link 10.1.0.0/24
route 10.2.0.1 link 10.2.0.0/24
route 10.2.0.1 add net 10.3.0.0/16 10.3.0.1 latency 10ms duplicate 1 reorder 1
route 10.3.0.1 link 10.3.0.0/16
create default
set default default tcp action reset
create host
set host personality "Linux-like server"
add host tcp port 23 "cat"
add host udp port 53 "cat"
add host tcp port 80 open
add host tcp port 25 block
create trap
set trap personality "Windows-like workstation"
set trap default tcp action tarpit open
bind 10.0.0.2 host
bind 10.0.0.9 host
bind 10.1.0.2 host
bind 10.1.0.3 trap
)";
// The versions that reloads alternate between: more hosts, other systems, fewer addresses.
constexpr std::string_view variations[] = {
    "bind 10.2.0.2 host\nbind 10.3.0.2 host\n",
    "clone other host\nset other personality \"FreeBSD-like server\"\nbind 10.2.0.2 other\n"
    "set 10.0.0.9 personality \"Solaris-like server\"\n",
    "bind 10.3.0.2 trap\nbind 10.2.0.2 host\nset default default tcp action block\n",
};
constexpr std::string_view claims[] = {"10.0.0.0/8", "10.0.0.0/14", "10.0.0.0/9"};

class Hours {
 public:
  Hours(std::vector<HoneynetVersion> worlds, std::uint64_t seed)
      : worlds_(std::move(worlds)),
        settings_(storm_settings(seed)),
        engine_(worlds_.front().honeynet, settings_),
        actors_(make_actors(start, seed)),
        services_(mix_bits(seed + 3)),
        random_(mix_bits(seed + 4)) {}

  tl::expected<HoursResult, std::string> run(Duration time) {
    const Instant end = start + time;
    while (now_ < end)
      if (auto fault = step()) return tl::unexpected(at_this_time(*fault));
    if (auto fault = fall_silent()) return tl::unexpected(at_this_time(*fault));
    return result_;
  }

 private:
  using Fault = std::optional<std::string>;
  static constexpr Instant start{seconds{1'700'000'000}};

  /// The next event: a frame, output of a service, a reload, or a deadline of the engine.
  Fault step() {
    Actor* next = actors_.front().get();
    for (const auto& actor : actors_)
      if (actor->due() < next->due()) next = actor.get();
    const Instant engine_due = engine_.next_deadline();
    const Instant first =
        std::min({next->due(), on_wire_.next_due(), service_due_, reload_due_, engine_due});
    now_ = std::max(now_, first);
    if (first == engine_due) return let_engine_act();
    if (first == on_wire_.next_due()) return deliver(on_wire_.pop());
    if (first == service_due_) return let_service_speak();
    if (first == reload_due_) return reload();
    return send_over_wire(next->act(now_, memory_));
  }

  /// Usually on time; sometimes late, as on a busy machine.
  Fault let_engine_act() {
    const std::uint64_t luck = random_.below(10'000);
    if (luck == 0) now_ += milliseconds{800};
    if (luck < 500) now_ += microseconds{random_.below(2'000)};
    engine_.on_time(now_, out_);
    if (engine_.next_deadline() <= now_) return "on_time() leaves undone what is due";
    return execute_command();
  }

  Fault send_over_wire(ThrownFrame frame) {
    const std::uint64_t luck = random_.below(1'000);
    if (luck < 10) return {};
    if (luck < 20) on_wire_.push(now_ + milliseconds{random_.below(300)}, frame);
    if (luck < 40) {
      on_wire_.push(now_ + milliseconds{random_.below(20)}, std::move(frame));
      return {};
    }
    return deliver(frame);
  }

  Fault deliver(const ThrownFrame& frame) {
    ++result_.frames;
    note_received(frame);
    engine_.on_frame(now_, frame.interface, {frame.bytes, false}, out_);
    if (auto fault = execute_command()) return fault;
    return check_limits();
  }

  Fault let_service_speak() {
    service_due_ = now_ + milliseconds{random_.below(200)};
    services_.speak(now_, engine_, out_);
    return execute_command();
  }

  Fault reload() {
    reload_due_ = now_ + minutes{1 + random_.below(12)};
    ++result_.reloads;
    engine_.adopt(worlds_[random_.below(worlds_.size())]);
    return execute_command();
  }

  Fault execute_command() {
    for (const apiary::Packet& packet : out_.packets)
      if (auto fault = fault_of_sent(packet)) return fault;
    if (auto fault = result_.output.execute_command(out_, services_)) return fault;
    out_.clear();
    return {};
  }

  Fault fault_of_sent(const apiary::Packet& packet) {
    result_.output.note(packet);
    const LinkLayer link = settings_.interfaces[packet.interface.index].link_layer;
    auto fault = fault_of(packet, settings_);
    const auto decoded = decode_frame(packet.bytes(), link);
    const auto* datagram = decoded ? std::get_if<IpDatagram>(&decoded->content) : nullptr;
    if (!fault && datagram != nullptr) fault = fault_of_answer(*datagram);
    if (!fault) return {};
    return fmt::format("{}: {}", *fault,
                       describe_frame(packet.bytes(), link, {.ip_attributes = true}));
  }

  /// Checks the destination and counts the bytes sent to it.
  Fault fault_of_answer(const IpDatagram& datagram) {
    const std::uint32_t to = datagram.destination.v4_value();
    if (!heard_of_.contains(to)) return "it answers somebody who never spoke";
    if (datagram.is(IpProtocol::tcp) && !datagram.is_fragment())
      if (const auto segment = parse_tcp(datagram.payload)) memory_.note(datagram, *segment);
    if (!flood_sources.contains(datagram.destination)) return {};
    Account& account = accounts_[to >> 8];
    account.sent += datagram.whole.size();
    const Limits& limits = settings_.limits;
    const double allowed = limits.reply_factor * static_cast<double>(account.received) +
                           limits.reply_burst_bytes +
                           limits.reply_bytes_per_second * in_seconds(now_ - account.since) + 1'500;
    if (static_cast<double>(account.sent) > allowed)
      return fmt::format("{} bytes came from that /24, {} go there", account.received,
                         account.sent);
    return {};
  }

  void note_received(const ThrownFrame& frame) {
    const LinkLayer link = settings_.interfaces[frame.interface.index].link_layer;
    const auto decoded = decode_frame(frame.bytes, link);
    const auto* datagram = decoded ? std::get_if<IpDatagram>(&decoded->content) : nullptr;
    if (datagram == nullptr) return;
    const std::uint32_t from = datagram->source.v4_value();
    heard_of_.insert(from);
    if (!flood_sources.contains(datagram->source)) return;
    Account& account = accounts_.try_emplace(from >> 8, Account{now_}).first->second;
    account.received += datagram->whole.size();
  }

  Fault check_limits() const {
    const Limits& limits = settings_.limits;
    if (engine_.connections() > limits.connections) return "too many connections";
    if (engine_.half_open_connections() > limits.half_open_connections)
      return "too many half-open connections";
    if (engine_.tarpitted_connections() > limits.tarpit_connections)
      return "too many in the tarpit";
    if (engine_.udp_flows() > limits.udp_flows) return "too many UDP flows";
    if (engine_.remembered_hosts() > limits.hosts) return "too many hosts remembered";
    if (services_.open_sessions() > limits.connections + limits.udp_flows)
      return "too many sessions";
    return {};
  }

  /// After a long silence, no state may remain.
  Fault fall_silent() {
    const Instant end = now_ + hours{3};
    while (engine_.next_deadline() <= end) {
      now_ = std::max(now_, engine_.next_deadline());
      if (auto fault = let_engine_act()) return fault;
    }
    if (engine_.connections() + engine_.half_open_connections() + engine_.udp_flows() +
            engine_.tarpitted_connections() !=
        0)
      return fmt::format(
          "after three hours of silence there are {} connections, {} half-open, {} "
          "tarpitted, {} UDP flows",
          engine_.connections(), engine_.half_open_connections(), engine_.tarpitted_connections(),
          engine_.udp_flows());
    return {};
  }

  std::string at_this_time(const std::string& fault) const {
    return fmt::format("after {:.6f} s, frame {}: {}", in_seconds(now_ - start), result_.frames,
                       fault);
  }

  struct Account {
    Instant since;
    std::uint64_t received = 0, sent = 0;
  };

  std::vector<HoneynetVersion> worlds_;
  EngineSettings settings_;
  Engine engine_;
  Outbox out_;
  std::vector<std::unique_ptr<Actor>> actors_;
  ServiceSource services_;
  VisitorMemory memory_;
  Random random_;
  TimingWheel<ThrownFrame> on_wire_;
  std::unordered_set<std::uint32_t> heard_of_;
  std::map<std::uint32_t, Account> accounts_;  // by /24 that floods come from
  Instant now_ = start, service_due_ = start, reload_due_ = start + minutes{5};
  HoursResult result_;
};

tl::expected<std::vector<HoneynetVersion>, std::string> make_worlds() {
  const FingerprintCatalogue catalogue(
      std::make_shared<const FingerprintDatabase>(parse_fingerprints("")));
  std::vector<HoneynetVersion> worlds;
  for (std::size_t i = 0; i < std::size(variations); ++i) {
    SourceText source("hours.conf", fmt::format("{}{}", base_configuration, variations[i]));
    auto built = build_configuration(source, catalogue);
    if (!built) return tl::unexpected(render(built.error(), source));
    HoneynetVersion world{built->honeynet, {}};
    world.claimed.add(*parse_ip_prefix(claims[i]));
    worlds.push_back(std::move(world));
  }
  return worlds;
}

}  // namespace

tl::expected<HoursResult, std::string> run_simulated_hours(Duration time, std::uint64_t seed) {
  auto worlds = make_worlds();
  if (!worlds) return tl::unexpected(worlds.error());
  return std::make_unique<Hours>(std::move(*worlds), seed)->run(time);
}

}  // namespace apiary::simulation
