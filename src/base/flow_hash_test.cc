#include "base/flow_hash.h"

#include <gtest/gtest.h>

#include <set>

namespace apiary {
namespace {

TEST(TableHash, IsSipHash13) {
  // The published vector of the empty message for the key 00 01 ... 0f.
  const HashKey key{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};
  EXPECT_EQ(table_hash<0>(key, {}), 0xabac0158050fc4dcU);
}

TEST(FlowHash, DependsOnEveryPartOfAFlowAndOnTheKey) {
  const IpAddress six = IpAddress::from_bytes(
      std::array<std::uint8_t, 16>{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  const FlowHash hash{{1, 2}};
  for (const IpAddress& remote : {IpAddress::v4(192, 0, 2, 1), six}) {
    const FlowKey flow{{remote, {4000}}, {IpAddress::v4(10, 0, 0, 5), {80}}, IpProtocol::tcp};
    std::set<std::size_t> hashes{hash(flow), FlowHash{{1, 3}}(flow)};
    FlowKey other = flow;
    other.remote.port = {4001};
    hashes.insert(hash(other));
    other = flow;
    other.local.port = {81};
    hashes.insert(hash(other));
    other = flow;
    other.local.address = IpAddress::v4(10, 0, 0, 6);
    hashes.insert(hash(other));
    other = flow;
    other.remote.address = IpAddress::v4(192, 0, 2, 2);
    hashes.insert(hash(other));
    other = flow;
    other.protocol = IpProtocol::udp;
    hashes.insert(hash(other));
    EXPECT_EQ(hashes.size(), 7U);
  }
}

TEST(FlowHash, DependsOnEveryPartOfAnAddress) {
  const FlowHash hash{{1, 2}};
  EXPECT_NE(hash(IpAddress::v4(10, 0, 0, 5)), hash(IpAddress::v4(10, 0, 0, 6)));
  EXPECT_NE(hash(IpAddress::v4(10, 0, 0, 5)), hash(IpAddress{}));
  EXPECT_NE(hash(IpAddress::v4(0, 0, 0, 0)), hash(IpAddress{}));
}

}  // namespace
}  // namespace apiary
