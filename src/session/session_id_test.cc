#include "session/session_id.h"

#include <gtest/gtest.h>

#include <set>

namespace apiary {
namespace {

TEST(SessionId, NoTwoTablesMakeTheSame) {
  std::set<std::uint64_t> values{SessionId{}.value};
  std::size_t made = 1;
  for (const IpProtocol transport : {IpProtocol::tcp, IpProtocol::udp})
    for (const unsigned shard : {0U, 1U, 255U})
      for (const std::uint64_t number :
           {std::uint64_t{0}, std::uint64_t{1}, (std::uint64_t{1} << session_number_bits) - 1}) {
        const ShardId id{static_cast<std::uint8_t>(shard)};
        const SessionId session = make_session_id(transport, id, number);
        EXPECT_EQ(shard_of(session), id);
        EXPECT_EQ(number_of(session), number);
        values.insert(session.value);
        ++made;
      }
  EXPECT_EQ(values.size(), made);
}

TEST(SessionId, ANumberThatIsTooLongLeavesTheShardAlone) {
  const SessionId session =
      make_session_id(IpProtocol::tcp, ShardId{7}, std::uint64_t{1} << session_number_bits);
  EXPECT_EQ(shard_of(session), ShardId{7});
  EXPECT_EQ(number_of(session), 0U);
}

}  // namespace
}  // namespace apiary
