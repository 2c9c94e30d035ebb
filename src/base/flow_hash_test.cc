#include "base/flow_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/random.h"

namespace apiary {
namespace {

TEST(TableHash, IsSipHash13) {
  // The published vector of the empty message for the key 00 01 ... 0f.
  const HashKey key{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};
  EXPECT_EQ(sip_table_hash<0>(key, {}), 0xabac0158050fc4dcU);
}

using TableHashFunction = std::uint64_t (*)(const HashKey&, const HashWords&);

/// Those that table_hash() chooses from on some processor.
std::vector<TableHashFunction> table_hashes() {
  std::vector<TableHashFunction> functions{sip_table_hash<2>};
  if (has_aes()) functions.push_back(aes_table_hash);
  return functions;
}

TEST(TableHash, ChangesInHalfOfItsBitsWithEachBitOfWordsAndKey) {
  for (const TableHashFunction hash : table_hashes()) {
    Random random(31);
    for (int bit = 0; bit < 256; ++bit) {
      SCOPED_TRACE(bit);
      int changed = 0;
      constexpr int samples = 200;
      for (int i = 0; i < samples; ++i) {
        std::array<std::uint64_t, 4> in{random.next(), random.next(), random.next(), random.next()};
        const std::uint64_t before = hash({in[0], in[1]}, {in[2], in[3]});
        in[static_cast<std::size_t>(bit / 64)] ^= std::uint64_t{1} << bit % 64;
        changed += std::popcount(before ^ hash({in[0], in[1]}, {in[2], in[3]}));
      }
      EXPECT_NEAR(changed, 32 * samples, 2 * samples);
    }
  }
}

TEST(TableHash, SpreadsNeighbouringAddressesEvenly) {
  constexpr std::size_t buckets = 4096, per_bucket = 16;
  for (const TableHashFunction hash : table_hashes()) {
    std::array<int, buckets> counts{};
    for (std::uint64_t i = 0; i < buckets * per_bucket; ++i)
      ++counts[hash({1, 2}, {(10U << 24) + i, 0}) % buckets];
    // A Poisson distribution with mean 16 exceeds 45 once in a billion.
    EXPECT_LT(*std::ranges::max_element(counts), 45);
    EXPECT_GT(std::ranges::count_if(counts, [](int count) { return count != per_bucket; }), 3000);
  }
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
