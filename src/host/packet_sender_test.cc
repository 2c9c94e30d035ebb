#include "host/packet_sender.h"

#include <gtest/gtest.h>

#include <string>

namespace apiary {
namespace {

constexpr Instant start{seconds{1'700'000'000}};
constexpr IpAddress host = IpAddress::v4(10, 0, 0, 5), other = IpAddress::v4(10, 0, 0, 6);

class PacketSenderTest : public testing::Test {
 protected:
  /// Sends a datagram of `size` bytes that departs at `at`.
  void send(Instant at, std::size_t size, const IpAddress& from = host) {
    const std::vector<std::uint8_t> payload(size - 28);
    sender_.send_icmp({.departs = at},
                      {.source = from,
                       .destination = IpAddress::v4(192, 0, 2, 1),
                       .protocol = static_cast<std::uint8_t>(IpProtocol::icmp)},
                      {.payload = payload});
  }
  /// The sizes of the packets that are released at `now`, in order.
  std::string released(Instant now) {
    std::vector<Packet> packets;
    sender_.release(now, packets);
    std::string sizes;
    for (const Packet& packet : packets) sizes += std::to_string(packet.size()) + " ";
    return sizes;
  }

  const Topology topology_{};
  EmulatedNetwork network_{topology_, 1};
  Limits limits_;
  Counters counters_;
  PacketSender sender_{{{LinkLayer::raw_ip, {}, 1500}}, limits_, network_, counters_};
};

TEST_F(PacketSenderTest, releases_packets_in_order_of_time_whether_due_or_in_flight) {
  sender_.begin_turn(start);
  send(start, 100);
  send(start + milliseconds{2}, 101);
  send(start, 102);
  sender_.begin_turn(start + milliseconds{1});
  send(start + milliseconds{1}, 103);
  sender_.begin_turn(start + milliseconds{3});
  send(start + milliseconds{3}, 104);
  EXPECT_EQ(sender_.in_flight(), 5U);
  EXPECT_LE(sender_.next_due(), start + milliseconds{3});
  EXPECT_EQ(released(start + milliseconds{3}), "100 102 103 101 104 ");
  EXPECT_EQ(sender_.next_due(), Instant::max());
  EXPECT_EQ(counters_.sent.all_packets(), 5U);
}

TEST_F(PacketSenderTest, keeps_packets_for_later_in_any_order) {
  sender_.begin_turn(start);
  send(start + milliseconds{2}, 100);
  send(start + milliseconds{1}, 101);
  EXPECT_EQ(released(start), "");
  EXPECT_EQ(sender_.next_due(), start + milliseconds{1});
  EXPECT_EQ(released(start + milliseconds{1}), "101 ");
  EXPECT_EQ(released(start + milliseconds{2}), "100 ");
}

TEST_F(PacketSenderTest, drops_packets_of_stopped_addresses_even_if_due) {
  sender_.begin_turn(start);
  send(start, 100);
  send(start, 101, other);
  AddressSet stopped;
  stopped.add(IpPrefix{host, 32});
  sender_.stop(stopped);
  send(start, 102);
  EXPECT_EQ(released(start), "101 ");
  EXPECT_EQ(counters_.of(DropReason::not_claimed), 2U);
}

TEST_F(PacketSenderTest, releases_after_what_the_caller_has_already) {
  sender_.begin_turn(start);
  send(start, 100);
  std::vector<Packet> packets;
  sender_.release(start, packets);
  send(start, 101);
  sender_.release(start, packets);
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[1].size(), 101U);
}

}  // namespace
}  // namespace apiary
