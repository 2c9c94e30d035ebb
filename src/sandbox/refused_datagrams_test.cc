#include "sandbox/refused_datagrams.h"

#include <gtest/gtest.h>

#include <vector>

namespace apiary {
namespace {

/// Port unreachable about a datagram from 10.0.0.5:53 to 203.0.113.9:5353.
std::vector<std::byte> port_unreachable() {
  constexpr unsigned char bytes[] = {
      0x45, 0,  0,    56,   0, 0, 0, 0, 64, 1,  0, 0, 203, 0, 113, 9, 10,  0, 0,   5,  // IP
      3,    3,  0,    0,    0, 0, 0, 0,                                                // ICMP
      0x45, 0,  0,    28,   0, 0, 0, 0, 64, 17, 0, 0, 10,  0, 0,   5, 203, 0, 113, 9,  // quoted IP
      0,    53, 0x14, 0xe9, 0, 8, 0, 0};                                               // quoted UDP
  std::vector<std::byte> packet;
  for (const unsigned char byte : bytes) packet.push_back(std::byte{byte});
  return packet;
}

TEST(RefusedDatagrams, AnErrorNamesTheDestination) {
  const auto packet = port_unreachable();
  const Endpoint destination{IpAddress::v4(203, 0, 113, 9), Port{5353}};
  EXPECT_EQ(undeliverable_destination(packet), destination);
  for (std::size_t size = 0; size < packet.size(); ++size)
    EXPECT_FALSE(undeliverable_destination(std::span(packet).first(size))) << size;
}

TEST(RefusedDatagrams, OtherMessagesNameNone) {
  for (const auto& [place, value] :
       {std::pair{20, 11}, {20 + 8 + 9, 6}, {20 + 8, 0x4f}, {0, 0x41}}) {
    auto packet = port_unreachable();
    packet[static_cast<std::size_t>(place)] = static_cast<std::byte>(value);
    EXPECT_FALSE(undeliverable_destination(packet)) << place;
  }
}

}  // namespace
}  // namespace apiary
