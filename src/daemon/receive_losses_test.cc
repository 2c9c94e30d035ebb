#include "daemon/receive_losses.h"

#include <gtest/gtest.h>

#include <array>

#include "event/event_text.h"

namespace apiary {
namespace {

/// A queue that only counts.
class CountingQueue final : public DeviceQueue {
 public:
  std::uint64_t drops = 0;

  int descriptor() const override { return -1; }
  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override { return {}; }
  std::size_t transmit(std::span<const Packet>) override { return 0; }
  DeviceCounters counters() override { return {.receive_drops = drops}; }
};

TEST(ReceiveLosses, ReportsWhatEachQueueLostSinceTheLastReport) {
  std::array<CountingQueue, 2> counting;
  const std::array<DeviceQueue*, 2> queues{&counting[0], &counting[1]};
  const std::array<InterfaceSettings, 2> interfaces{InterfaceSettings{.name = "eth0"},
                                                    InterfaceSettings{.name = "eth1"}};
  ReceiveLosses losses(queues.size());
  const auto sentences = [&] {
    std::vector<std::string> texts;
    for (const EventBody& what : losses.take_events(queues, interfaces))
      texts.push_back(event_text({{}, {}, what}));
    return texts;
  };
  EXPECT_TRUE(sentences().empty());
  counting[1].drops = 1;
  EXPECT_EQ(sentences(), std::vector<std::string>{
                             "1 packet lost on eth1: the receive ring was full (1 in all)"});
  EXPECT_TRUE(sentences().empty());
  counting[0].drops = 7;
  counting[1].drops = 13;
  EXPECT_EQ(sentences(), (std::vector<std::string>{
                             "7 packets lost on eth0: the receive ring was full (7 in all)",
                             "12 packets lost on eth1: the receive ring was full (13 in all)"}));
}

TEST(ReceiveLosses, AsksTheQueuesOnlyAfterARush) {
  ReceiveLosses losses(0);
  EXPECT_EQ(losses.next_due(), Instant::max());
  const Instant rush{hours{1}};
  losses.note_rush(rush);
  losses.note_rush(rush + seconds{5});
  EXPECT_EQ(losses.next_due(), rush + ReceiveLosses::interval);
  EXPECT_TRUE(losses.take_events({}, {}).empty());
  EXPECT_EQ(losses.next_due(), Instant::max());
}

}  // namespace
}  // namespace apiary
