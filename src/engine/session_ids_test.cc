// The ids of sessions: who opened them is part of the number.
#include <gtest/gtest.h>

#include <set>

#include "engine/testing/engine_on_link.h"

namespace apiary {
namespace {

IpAddress visitor(std::uint8_t number) { return IpAddress::v4(198, 51, number, 9); }

TEST(SessionIds, TheFirstConversationOfEachProtocolHasOne) {
  EngineOnLink link;
  EXPECT_NE(link.connect(visitor(0), {7}), SessionId{}) << "zero stands for no conversation";
  link.send(17, visitor(0), EngineOnLink::udp({7}, visitor(0), 5));
  ASSERT_EQ(link.sessions.size(), 2U);
  EXPECT_NE(link.sessions[1], SessionId{});
}

TEST(SessionIds, NoTwoConversationsOfShardsOrProtocolsShareOne) {
  std::set<std::uint64_t> values;
  std::size_t opened = 0;
  for (const std::uint8_t number : std::initializer_list<std::uint8_t>{0, 1, 255}) {
    const ShardId shard{number};
    EngineOnLink link(EngineOnLink::echo_honeynet(), shard);
    for (std::uint8_t i = 0; i < 20; ++i) {
      (void)link.connect(visitor(i), {7});
      link.send(17, visitor(i), EngineOnLink::udp({7}, visitor(i), 5));
    }
    for (const SessionId session : link.sessions) {
      EXPECT_EQ(shard_of(session), shard);
      values.insert(session.value);
    }
    opened += link.sessions.size();
  }
  EXPECT_EQ(opened, 3U * 2 * 20);
  EXPECT_EQ(values.size(), opened);
}

TEST(SessionIds, ASlotThatIsUsedAgainGivesAnotherOne) {
  EngineOnLink link;
  std::set<std::uint64_t> values;
  for (std::uint8_t i = 0; i < 5; ++i) {
    const SessionId session = link.connect(visitor(i), {7});
    EXPECT_TRUE(values.insert(session.value).second);
    EXPECT_EQ(link.engine.connections(), 1U);
    link.engine.on_service(link.now, ServiceFailed{session}, link.out);  // resets the connection
    link.take();
    EXPECT_EQ(link.engine.connections(), 0U);
  }
}

}  // namespace
}  // namespace apiary
