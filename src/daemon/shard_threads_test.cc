// Several shards on threads of their own, in memory: visitors ping, connect and are refused while
// the main thread reloads, pauses and asks for the status. ThreadSanitizer runs this, too.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <thread>

#include "base/shard_share.h"
#include "daemon/shard_set.h"
#include "daemon/testing/visitor_queue.h"
#include "honeynet/honeynet.h"
#include "sink/testing/null_sink.h"
#include "wire/decode.h"
#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace apiary {
namespace {

constexpr Port echo_port{7}, closed_port{9};
const IpAddress visitor_address = IpAddress::v4(192, 0, 2, 1);
constexpr std::string_view greeting = "hello, is anybody there?";
constexpr std::uint32_t hosts = 60;

IpAddress host(std::uint32_t number) { return IpAddress::v4((10U << 24) + 1 + number); }

std::shared_ptr<const Honeynet> net_called(std::string name) {
  HostTemplate machine{.name = std::move(name),
                       .personality = std::make_shared<const Personality>(generic_personality()),
                       .tcp_default = Reset{}};
  machine.tcp_ports = {{echo_port, std::make_shared<const ServiceSpec>(BuiltIn::echo)}};
  return std::make_shared<const Honeynet>(Honeynet::Parts{
      .default_template = std::make_shared<const HostTemplate>(std::move(machine))});
}

std::vector<std::uint8_t> datagram(const IpAddress& to, IpProtocol protocol, std::size_t size,
                                   const std::function<void(std::span<std::uint8_t>)>& emit) {
  const IpDatagram header{.source = visitor_address,
                          .destination = to,
                          .protocol = static_cast<std::uint8_t>(protocol)};
  std::vector<std::uint8_t> bytes(ip_header_size_bytes(header) + size);
  emit_ip_header(header, size, bytes);
  emit(std::span(bytes).subspan(ip_header_size_bytes(header)));
  return bytes;
}

std::vector<std::uint8_t> ping(const IpAddress& to) {
  const IcmpMessage message{.type = static_cast<std::uint8_t>(IcmpType::echo_request),
                            .payload = as_bytes("01234567")};
  return datagram(to, IpProtocol::icmp, icmp_size_bytes(message),
                  [&](std::span<std::uint8_t> target) { emit_icmp(message, target); });
}

std::vector<std::uint8_t> probe(const IpAddress& to) {
  const UdpDatagram message{.source_port = {4'000}, .destination_port = closed_port};
  return datagram(
      to, IpProtocol::udp, udp_size_bytes(message),
      [&](std::span<std::uint8_t> target) { emit_udp(message, visitor_address, to, target); });
}

std::vector<std::uint8_t> segment(const IpAddress& to, const TcpSegment& content) {
  return datagram(
      to, IpProtocol::tcp, tcp_size_bytes(content),
      [&](std::span<std::uint8_t> target) { emit_tcp(content, visitor_address, to, target); });
}

/// A visitor of all hosts, each by one TCP connection to the echo service, pings and probes.
class Visitor {
 public:
  explicit Visitor(std::vector<VisitorQueue*> queues) : queues_(std::move(queues)) {}

  void begin() {
    for (std::uint32_t i = 0; i < hosts; ++i) {
      const IpAddress to = host(i);
      send(to, segment(to, of(to, tcp_flag::syn)));
      send(to, ping(to));
      send(to, probe(to));
    }
  }
  /// Handles what has arrived.
  void go_on() {
    for (std::size_t i = 0; i < queues_.size(); ++i)
      for (const auto& packet : queues_[i]->take_sent()) receive(i, packet);
  }
  bool is_done() const {
    return pongs.size() == hosts && refusals.size() == hosts && echoed() == hosts;
  }
  std::size_t echoed() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        connections_, [](const auto& entry) { return entry.second.echo == greeting; }));
  }

  std::map<IpAddress, int> pongs, refusals;
  std::size_t resets = 0, from_wrong_shards = 0;

 private:
  struct Connection {
    SeqNumber next{1'000}, expected{};
    bool is_open = false;
    std::string echo{};
  };

  TcpSegment of(const IpAddress& to, std::uint8_t flags, Bytes payload = {}) {
    Connection& one = connections_[to];
    const TcpSegment content{.source_port = {5'000},
                             .destination_port = echo_port,
                             .sequence = one.next,
                             .acknowledgment = one.expected,
                             .flags = flags,
                             .window = 65'535,
                             .payload = payload};
    one.next = one.next + content.length();
    return content;
  }
  void send(const IpAddress& to, std::vector<std::uint8_t> packet) {
    const ShardShare all{.count = static_cast<std::uint8_t>(queues_.size())};
    const bool goes_to_first = queues_.front()->is_for_all_shards();
    queues_[goes_to_first ? 0 : all.owner_of(to)]->send({std::move(packet)});
  }
  void receive(std::size_t shard, const std::vector<std::uint8_t>& packet) {
    const auto ip = parse_ip(packet);
    if (!ip) return;
    const ShardShare share{static_cast<std::uint8_t>(shard),
                           static_cast<std::uint8_t>(queues_.size())};
    if (!share.has(ip->source)) ++from_wrong_shards;
    if (ip->is(IpProtocol::icmp)) {
      const auto message = parse_icmp(ip->payload);
      if (message) ++(message->is_error() ? refusals : pongs)[ip->source];
    } else if (const auto content = parse_tcp(ip->payload)) {
      receive(ip->source, *content);
    }
  }
  void receive(const IpAddress& from, const TcpSegment& content) {
    Connection& one = connections_[from];
    if (content.has(tcp_flag::rst)) ++resets;
    if (one.is_open && content.sequence != one.expected) return;
    one.expected = content.sequence + content.length();
    if (content.length() == 0) return;
    one.echo.append(content.payload.begin(), content.payload.end());
    if (!std::exchange(one.is_open, true))
      send(from, segment(from, of(from, tcp_flag::ack | tcp_flag::psh, as_bytes(greeting))));
    else
      send(from, segment(from, of(from, tcp_flag::ack)));
  }

  const std::vector<VisitorQueue*> queues_;
  std::map<IpAddress, Connection> connections_;
};

struct Threads {
  std::size_t count = 1;
  bool receives_by_one = false;  // a queue that gets the packets for all
};
std::ostream& operator<<(std::ostream& out, const Threads& threads) {
  return out << threads.count << (threads.receives_by_one ? "_by_one_queue" : "");
}

class ShardThreadsTest : public testing::TestWithParam<Threads> {
 protected:
  ShardThreadsTest()
      : spawner_(Spawner::start({})),
        set_(net_called("first"), settings(), make_queues(GetParam().count),
             std::move(spawner_.value()), {events_, pipeline_, clock_}) {
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(std::make_unique<NullSink>());
    pipeline_.begin(std::move(sinks));
  }

  static EngineSettings settings() {
    EngineSettings settings{.interfaces = {{LinkLayer::raw_ip, {}, 1500}}, .host_key = {1, 2}};
    settings.claimed.add(*parse_ip_prefix("10.0.0.0/24"));
    return settings;
  }
  ShardSet::Queues make_queues(std::size_t count) {
    ShardSet::Queues queues;
    for (std::size_t i = 0; i < count; ++i) {
      queues_.push_back(
          std::make_unique<VisitorQueue>(GetParam().receives_by_one && queues_.empty()));
      queues.push_back({queues_.back().get()});
    }
    return queues;
  }
  Visitor make_visitor() const {
    std::vector<VisitorQueue*> queues;
    for (const auto& queue : queues_) queues.push_back(queue.get());
    return Visitor(std::move(queues));
  }
  /// Turns of the main thread until `done`, for at most 20 s.
  template <class Done>
  bool run_until(Done done) {
    const Instant end = clock_.now() + seconds{20};
    while (!done() && clock_.now() < end) set_.turn(clock_.now() + milliseconds{1});
    return done();
  }

  tl::expected<Spawner, SystemError> spawner_;  // first: it forks
  const SystemClock clock_;
  EventLoop events_;
  EventPipeline pipeline_{
      clock_, [this](const FlowKey& flow, Instant now) { return set_.template_of(flow, now); }};
  std::vector<std::unique_ptr<VisitorQueue>> queues_;
  ShardSet set_;
};

TEST_P(ShardThreadsTest, HostsAnswerWhileTheHoneynetIsReplacedAndObserved) {
  Visitor visitor = make_visitor();
  set_.begin();
  visitor.begin();
  std::vector<std::weak_ptr<const Honeynet>> versions;
  int turns = 0;
  EXPECT_TRUE(run_until([&] {
    visitor.go_on();
    switch (++turns % 4) {
      case 0: {
        const auto next = net_called("version " + std::to_string(turns));
        versions.push_back(next);
        std::size_t replaced = 0;
        set_.adopt({next, set_.claimed()},
                   [&](const std::vector<HoneynetVersion>& old) { replaced = old.size(); });
        EXPECT_EQ(replaced, set_.size());
        EXPECT_EQ(set_.honeynet(), next);
        break;
      }
      case 1:
        (void)set_.status(clock_.now());
        break;
      case 2:
        (void)set_.conversations(100);
        break;
      default:
        break;
    }
    return visitor.is_done() && turns > 20;
  })) << visitor.pongs.size()
      << " pongs, " << visitor.refusals.size() << " refusals, " << visitor.echoed() << " echoes";

  EXPECT_EQ(visitor.resets, 0U);
  EXPECT_EQ(visitor.from_wrong_shards, 0U);
  for (const auto& [address, count] : visitor.pongs) EXPECT_EQ(count, 1) << to_string(address);
  const ShardSetStatus status = set_.status(clock_.now());
  EXPECT_EQ(status.sum.engine.remembered_hosts, hosts);
  EXPECT_EQ(status.sum.engine.connections, hosts);
  EXPECT_EQ(status.sessions, hosts);
  EXPECT_EQ(set_.conversations(1'000).latest.size(), hosts);

  // The threads also pause when they have nothing to do, and several times in a row.
  for (int i = 0; i < 100; ++i) EXPECT_EQ(set_.status(clock_.now()).sessions, hosts);
  AddressSet all;
  all.add(*parse_ip_prefix("10.0.0.0/24"));
  set_.leave_to_machine(all);
  EXPECT_TRUE(run_until([&] { return set_.status(clock_.now()).sessions == 0; }));
  set_.finish();
  const auto alive = [](const std::weak_ptr<const Honeynet>& one) { return !one.expired(); };
  EXPECT_LE(std::ranges::count_if(versions, alive), 1) << "old versions end";
  pipeline_.finish("end");
  EXPECT_EQ(pipeline_.event_counts()[static_cast<std::size_t>(EventKind::flow_start)], hosts);
  EXPECT_EQ(pipeline_.event_counts()[static_cast<std::size_t>(EventKind::flow_end)], hosts);
  EXPECT_EQ(pipeline_.event_counts()[static_cast<std::size_t>(EventKind::scan)], 2U)
      << "start and end of one scan, though it met hosts of all shards";
}

TEST_P(ShardThreadsTest, AShardWhoseEventsAreBehindReceivesNoMorePackets) {
  set_.begin();
  constexpr std::size_t count = 40'000;
  const std::size_t threads = GetParam().count;
  const ShardShare all{.count = static_cast<std::uint8_t>(threads)};
  std::vector<VisitorQueue::Frames> frames(threads);
  for (std::size_t i = 0; i < count; ++i) {
    const IpAddress to = host(static_cast<std::uint32_t>(i % hosts));
    frames[GetParam().receives_by_one ? 0 : all.owner_of(to)].push_back(ping(to));
  }
  for (std::size_t i = 0; i < frames.size(); ++i) queues_[i]->send(std::move(frames[i]));
  // The main thread takes nothing: what the shards hold stays bounded.
  std::this_thread::sleep_for(milliseconds{300});
  const auto answered = [&] {
    std::size_t sum = 0;
    for (const auto& queue : queues_) sum += queue->take_sent().size();
    return sum;
  };
  std::size_t pongs = answered();
  const std::uint64_t received =
      set_.status(clock_.now()).sum.engine.counters.received.all_packets();
  EXPECT_LE(received, threads * 66 * max_batch_packets);
  const auto lost = [&] {
    std::uint64_t sum = 0;
    for (const ShardTraffic& shard : set_.status(clock_.now()).shards) sum += shard.lost_packets;
    return sum;
  };
  EXPECT_TRUE(run_until([&] { return (pongs += answered()) + lost() == count; }))
      << pongs << " and " << lost();
}

INSTANTIATE_TEST_SUITE_P(Counts, ShardThreadsTest,
                         testing::Values(Threads{1}, Threads{2}, Threads{3}, Threads{4},
                                         Threads{2, true}, Threads{3, true}),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace apiary
