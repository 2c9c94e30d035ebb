#include "wire/packet.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace apiary {
namespace {

TEST(PacketPool, gives_packets_of_the_size_asked_for) {
  PacketPool pool(1 << 20);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{240}, std::size_t{241},
                                 PacketPool::max_packet_bytes}) {
    SCOPED_TRACE(size);
    Packet packet = pool.make(size);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet.size(), size);
    std::fill(packet.bytes().begin(), packet.bytes().end(), std::uint8_t{7});
    const auto header = packet.prepend(Packet::headroom_bytes);
    std::fill(header.begin(), header.end(), std::uint8_t{8});
    EXPECT_EQ(packet.size(), size + Packet::headroom_bytes);
  }
  EXPECT_EQ(pool.in_use_bytes(), 0u);
}

TEST(PacketPool, keeps_to_its_limit) {
  PacketPool pool(2 * 256 + 2048);
  std::vector<Packet> packets;
  packets.push_back(pool.make(100));
  packets.push_back(pool.make(1500));
  packets.push_back(pool.make(100));
  EXPECT_EQ(pool.in_use_bytes(), 2u * 256 + 2048);
  EXPECT_FALSE(pool.make(1)) << "at the limit";
  packets.erase(packets.begin());
  EXPECT_FALSE(pool.make(1500)) << "only a small buffer is free";
  EXPECT_TRUE(pool.make(1));
}

TEST(PacketPool, uses_buffers_again) {
  PacketPool pool(1 << 20);
  const std::uint8_t* first = nullptr;
  {
    const Packet packet = pool.make(10);
    first = packet.bytes().data();
  }
  const Packet again = pool.make(20);
  EXPECT_EQ(again.bytes().data(), first);
}

TEST(Packet, may_outlive_its_pool) {
  std::vector<Packet> packets;
  {
    PacketPool pool(1 << 20);
    for (const std::size_t size : {10, 1000, 10}) packets.push_back(pool.make(size));
  }
  for (Packet& packet : packets)
    std::fill(packet.bytes().begin(), packet.bytes().end(), std::uint8_t{1});
  packets.pop_back();
  EXPECT_EQ(packets[1].size(), 1000u);
}

TEST(Packet, moves_and_leaves_nothing_behind) {
  PacketPool pool(1 << 20);
  Packet a = pool.make(10);
  a.interface = {3};
  Packet b(std::move(a));
  EXPECT_FALSE(a);  // NOLINT: what is left of it is the point
  EXPECT_EQ(b.interface.index, 3);
  Packet c = pool.make(20);
  c = std::move(b);
  EXPECT_EQ(c.size(), 10u);
  EXPECT_EQ(pool.in_use_bytes(), 256u) << "the packet assigned to gave its buffer back";
}

}  // namespace
}  // namespace apiary
