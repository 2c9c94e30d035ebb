// How many packets one thread and several handle, with events, in memory: no wire, no kernel.
//   shards [PACKETS]
// Prints a line for each kind of packet: ns a packet with one thread, with two, and the ratio.
#include <fmt/format.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "base/shard_share.h"
#include "config/build.h"
#include "config/fingerprint_catalogue.h"
#include "daemon/shard_set.h"
#include "honeynet/honeynet.h"
#include "packets.h"
#include "sink/testing/null_sink.h"

namespace apiary {
namespace {

constexpr std::uint32_t hosts = 65'536;
constexpr int rounds = 5;

IpAddress host(std::uint32_t number) { return IpAddress::v4((10U << 24) + number); }

std::shared_ptr<const Honeynet> build_honeynet() {
  SourceText source("bench.conf",
                    "create machine\n"
                    "set machine default tcp action reset\n"
                    "add machine tcp port 80 open\n"
                    "bind 10.0.0.0/16 machine\n");
  return build_configuration(
             source, FingerprintCatalogue(
                         std::make_shared<const FingerprintDatabase>(parse_fingerprints(""))))
      .value()
      .honeynet;
}

/// Replays frames, again and again, until it has returned as many as asked for.
class ReplayQueue final : public DeviceQueue {
 public:
  ReplayQueue() { frames_.reserve(hosts); }

  void add(PacketBytes frame) { bytes_.push_back(std::move(frame)); }
  /// Has another `frames` frames.
  void refill(std::size_t frames) {
    frames_.clear();
    for (const PacketBytes& frame : bytes_) frames_.push_back({Bytes(frame)});
    left_ = frames;
    is_empty_ = false;
    eventfd_write(event_.get(), 1);
  }
  bool is_empty() const { return is_empty_; }
  std::size_t kinds() const { return bytes_.size(); }

  int descriptor() const override { return event_.get(); }
  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override {
    const std::size_t count = std::min({max_batch_packets, left_, frames_.size() - next_});
    const auto batch = std::span<const ReceivedFrame>(frames_).subspan(next_, count);
    left_ -= count;
    next_ = next_ + count == frames_.size() ? 0 : next_ + count;
    if (count == 0 && !is_empty_) {
      eventfd_t ignored = 0;
      (void)eventfd_read(event_.get(), &ignored);
      is_empty_ = true;
    }
    return batch;
  }
  std::size_t transmit(std::span<const Packet> packets) override { return packets.size(); }
  DeviceCounters counters() override { return {}; }

 private:
  const FileDescriptor event_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::vector<PacketBytes> bytes_;
  std::vector<ReceivedFrame> frames_;
  std::size_t next_ = 0, left_ = 0;
  std::atomic<bool> is_empty_ = true;
};

/// The time of `packets` packets with `threads` threads, in ns each.
double measure(std::size_t threads, std::size_t packets,
               const std::function<PacketBytes(const IpAddress&)>& make) {
  auto spawner = Spawner::start({});
  if (!spawner) std::exit(1);
  const SystemClock clock;
  EventLoop events;
  std::unique_ptr<ShardSet> shards;
  EventPipeline pipeline(
      clock, [&](const FlowKey& flow, Instant now) { return shards->template_of(flow, now); });
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<NullSink>());
  pipeline.begin(std::move(sinks));
  EngineSettings settings{.interfaces = {{LinkLayer::raw_ip, {}, 1500}}, .host_key = {1, 2}};
  settings.claimed.add(*parse_ip_prefix("10.0.0.0/16"));
  settings.limits.datagram_bytes_per_second = 1e12;  // all visitors have one address

  std::vector<std::unique_ptr<ReplayQueue>> replays;
  ShardSet::Queues queues;
  for (std::size_t i = 0; i < threads; ++i) {
    replays.push_back(std::make_unique<ReplayQueue>());
    queues.push_back({replays.back().get()});
  }
  const ShardShare all{.count = static_cast<std::uint8_t>(threads)};
  for (std::uint32_t i = 0; i < hosts; ++i) replays[all.owner_of(host(i))]->add(make(host(i)));
  shards = std::make_unique<ShardSet>(build_honeynet(), settings, queues, std::move(*spawner),
                                      ShardSet::Dependencies{events, pipeline, clock});
  const auto replay = [&](std::size_t count) {
    {
      const ShardSet::Pause pause(*shards);
      for (const auto& queue : replays) queue->refill(count * queue->kinds() / hosts);
    }
    while (!std::ranges::all_of(replays, &ReplayQueue::is_empty,
                                &std::unique_ptr<ReplayQueue>::operator*))
      shards->turn(clock.now() + milliseconds{1});
  };
  shards->begin();
  replay(std::size_t{2} * hosts);  // the hosts become known
  const auto began = std::chrono::steady_clock::now();
  replay(packets);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
  shards->finish();
  pipeline.finish("the end");
  return took.count() / static_cast<double>(packets);
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

void compare(std::string_view name, std::size_t packets,
             const std::function<PacketBytes(const IpAddress&)>& make) {
  std::vector<double> one, two, ratio;
  for (int i = 0; i < rounds; ++i) {
    one.push_back(measure(1, packets, make));
    two.push_back(measure(2, packets, make));
    ratio.push_back(one.back() / two.back());
  }
  fmt::print("{:12} {:8.0f} {:8.0f} {:8.2f}\n", name, median(one), median(two), median(ratio));
}

}  // namespace
}  // namespace apiary

int main(int argc, char** argv) {
  using namespace apiary;
  const std::size_t packets = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
  fmt::print("{:12} {:>8} {:>8} {:>8}\n", "ns a packet", "1 thread", "2", "ratio");
  compare("ping", packets, echo_packet);
  compare("SYN closed", packets, [](const IpAddress& to) { return syn_packet(to, {4'000}, {81}); });
  compare("SYN open", packets, [](const IpAddress& to) { return syn_packet(to, {4'000}, {80}); });
  compare("UDP closed", packets, [](const IpAddress& to) { return udp_packet(to, {9}); });
}
