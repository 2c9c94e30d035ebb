#include "sandbox/guarded_packet.h"

#include <gtest/gtest.h>

#include <vector>

namespace apiary {
namespace {

constexpr std::size_t protocol_at = 9, flags_at = 20 + 13;

/// A SYN from 10.0.0.5:40000 to 203.0.113.9:80.
std::vector<std::byte> syn() {
  constexpr unsigned char bytes[] = {
      0x45, 0,    0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10,   0, 0, 5, 203, 0, 113, 9,   // IP
      0x9c, 0x40, 0, 80, 0, 0, 0, 0, 0,  0, 0, 0, 0x50, 2, 4, 0, 0,   0, 0,   0};  // TCP
  std::vector<std::byte> packet;
  for (const unsigned char byte : bytes) packet.push_back(std::byte{byte});
  return packet;
}

TEST(GuardedPacket, HasItsEnds) {
  const auto read = read_guarded_packet(syn());
  ASSERT_TRUE(read);
  const FlowKey flow{.remote = {IpAddress::v4(203, 0, 113, 9), Port{80}},
                     .local = {IpAddress::v4(10, 0, 0, 5), Port{40000}},
                     .protocol = IpProtocol::tcp};
  EXPECT_EQ(read->flow, flow);
  EXPECT_EQ(read->quoted_bytes, 28u);
}

TEST(GuardedPacket, OnlyALoneSynOrADatagramBeginsAFlow) {
  for (const auto& [flags, begins] : {std::pair{0x02, true},
                                      {0xc2, true},  // with ECN
                                      {0x12, false},
                                      {0x10, false},
                                      {0x04, false},
                                      {0x06, false},
                                      {0x11, false},
                                      {0x00, false}}) {
    auto packet = syn();
    packet[flags_at] = static_cast<std::byte>(flags);
    EXPECT_EQ(read_guarded_packet(packet)->begins_flow, begins) << flags;
  }
  auto datagram = syn();
  datagram[protocol_at] = std::byte{17};
  EXPECT_TRUE(read_guarded_packet(datagram)->begins_flow);
}

TEST(GuardedPacket, OthersAreNone) {
  for (const auto& [place, value] : {std::pair<std::size_t, int>{protocol_at, 1},  // ICMP
                                     {0, 0x65},                                    // IPv6
                                     {0, 0x44},                                    // a short header
                                     {0, 0x4f},  // options beyond the packet
                                     {7, 1}}) {  // a later fragment
    auto packet = syn();
    packet[place] = static_cast<std::byte>(value);
    EXPECT_FALSE(read_guarded_packet(packet)) << place << ' ' << value;
  }
  const auto packet = syn();
  for (std::size_t size = 0; size < 28; ++size)
    EXPECT_FALSE(read_guarded_packet(std::span(packet).first(size))) << size;
  EXPECT_FALSE(read_guarded_packet(std::span(packet).first(33))->begins_flow) << "without flags";
}

}  // namespace
}  // namespace apiary
