#include "service/egress_requests.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>

namespace apiary {
namespace {

constexpr EgressLimits limits{.sessions = 6, .per_host = 3, .burst = 8, .per_second = 1};

class EgressRequestsTest : public testing::Test {
 protected:
  /// Whether the limits allow a connection of the host 10.0.0.`host`.
  bool add(int host, ServerProcess& server, std::size_t open = 0) {
    const FlowKey flow{
        .remote = {IpAddress::v4(192, 0, 2, 1), Port{80}},
        .local = {IpAddress::v4(10, 0, 0, static_cast<std::uint8_t>(host)), Port{++port_}}};
    return requests_.add(now_, server, {port_, flow}, nullptr, open).has_value();
  }
  /// Only their addresses count.
  ServerProcess& one() { return *reinterpret_cast<ServerProcess*>(&places_[0]); }
  ServerProcess& other() { return *reinterpret_cast<ServerProcess*>(&places_[1]); }

  Instant now_{seconds{1000}};
  std::uint16_t port_ = 0;
  EgressRequests requests_{limits};
  alignas(16) std::array<std::array<std::byte, 16>, 2> places_{};
};

using ServersShareTheirConnections = EgressRequestsTest;

TEST_F(ServersShareTheirConnections, AHostHasItsShare) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(add(1, one()));
  EXPECT_FALSE(add(1, one()));
  EXPECT_TRUE(add(2, other()));
  auto first = requests_.take(1);
  ASSERT_TRUE(first);
  EXPECT_FALSE(add(1, one())) << "it is open as long as somebody has its slot";
  first.reset();
  EXPECT_TRUE(add(1, one()));
}

TEST_F(ServersShareTheirConnections, AllTogetherHaveALimit) {
  for (int host = 1; host <= 4; ++host) EXPECT_TRUE(add(host, one(), 2));
  EXPECT_FALSE(add(5, one(), 2)) << "two that are open count, too";
}

TEST_F(ServersShareTheirConnections, AllTogetherHaveARate) {
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(add(i, one()));
    requests_.take(static_cast<std::uint64_t>(i + 1));
  }
  EXPECT_FALSE(add(1, one()));
  now_ += seconds{1};
  EXPECT_TRUE(add(1, one()));
}

TEST_F(EgressRequestsTest, WhatAnEndedServerAskedForHasNoServer) {
  add(1, one());
  add(2, other());
  EXPECT_EQ(requests_.take_new().size(), 2u);
  EXPECT_TRUE(requests_.take_new().empty());
  requests_.forget(one());
  EXPECT_EQ(requests_.take(1)->server, nullptr);
  EXPECT_EQ(requests_.take(2)->server, &other());
  EXPECT_FALSE(requests_.take(2));
}

}  // namespace
}  // namespace apiary
