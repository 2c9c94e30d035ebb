#include "tcp/recent_syns.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

FlowKey flow(std::uint32_t visitor, std::uint16_t visitor_port, std::uint32_t host,
             std::uint16_t port) {
  return {{IpAddress::v4(visitor), Port{visitor_port}},
          {IpAddress::v4(host), Port{port}},
          IpProtocol::tcp};
}

TEST(RecentSyns, KnowsAVisitorThatAsksAgainForTheSamePort) {
  struct Case {
    const char* name;
    FlowKey flow;
    bool is_known;
  };
  for (const Case& c : {Case{"the same again", flow(1, 4000, 2, 80), true},
                        Case{"from another port", flow(1, 4001, 2, 80), true},
                        Case{"for another port", flow(1, 4000, 2, 81), false},
                        Case{"for another port, higher byte", flow(1, 4000, 2, 80 + 256), false},
                        Case{"of another host", flow(1, 4000, 3, 80), false},
                        Case{"of a host far away", flow(1, 4000, 2 + (1 << 24), 80), false},
                        Case{"another visitor", flow(3, 4000, 2, 80), false},
                        Case{"a visitor far away", flow(1 + (1 << 24), 4000, 2, 80), false}}) {
    SCOPED_TRACE(c.name);
    RecentSyns recent{1024, {1, 2}};
    EXPECT_FALSE(recent.note(flow(1, 4000, 2, 80)));
    EXPECT_EQ(recent.note(c.flow), c.is_known);
  }
}

TEST(RecentSyns, ForgetsWhosePlaceAnotherTakes) {
  RecentSyns recent{1, {1, 2}};
  EXPECT_FALSE(recent.note(flow(1, 4000, 2, 80)));
  EXPECT_TRUE(recent.note(flow(1, 4000, 2, 80)));
  EXPECT_FALSE(recent.note(flow(3, 4000, 2, 80)));
  EXPECT_FALSE(recent.note(flow(1, 4000, 2, 80)));
}

TEST(RecentSyns, UsesAllItsPlaces) {
  constexpr std::uint32_t visitors = 200;
  RecentSyns recent{100'000, {1, 2}};
  for (std::uint32_t i = 0; i < visitors; ++i) recent.note(flow(i, 4000, 2, 80));
  std::uint32_t known = 0;
  for (std::uint32_t i = 0; i < visitors; ++i) known += recent.note(flow(i, 4000, 2, 80));
  EXPECT_GE(known, visitors - 4) << "few share a place";
}

}  // namespace
}  // namespace apiary
