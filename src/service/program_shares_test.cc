#include "service/program_shares.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace apiary {
namespace {

FlowKey flow(std::uint8_t network, std::uint8_t visitor, std::uint8_t host) {
  return {.remote = {IpAddress::v4(192, 0, network, visitor), Port{4000}},
          .local = {IpAddress::v4(10, 0, 0, host), Port{23}},
          .protocol = IpProtocol::tcp};
}

TEST(ProgramShares, NeitherAHostNorANetworkTakesAllPlaces) {
  ProgramShares shares({.processes_per_host = 3, .processes_per_source_network = 2});
  std::vector<ProgramShares::Slot> slots;
  struct Step {
    const char* name;
    FlowKey flow;
    const char* refusal;  // empty: a slot
  };
  for (const Step& step :
       {Step{"the first", flow(2, 1, 5), ""}, Step{"the network's last", flow(2, 2, 6), ""},
        Step{"one more of that network", flow(2, 3, 7),
             "2 processes for visitors of 192.0.2.0/24 run already"},
        Step{"of another network", flow(3, 1, 5), ""}, Step{"the host's last", flow(4, 1, 5), ""},
        Step{"one more of that host", flow(5, 1, 5), "3 processes of this host run already"}}) {
    SCOPED_TRACE(step.name);
    auto slot = shares.take(step.flow);
    EXPECT_EQ(slot ? "" : slot.error(), step.refusal);
    if (slot) slots.push_back(std::move(*slot));
  }
  slots.clear();
  EXPECT_TRUE(shares.take(flow(2, 3, 5))) << "a slot is given back when its program ends";
}

TEST(ProgramShares, DatagramsLeavePlacesOfAHostToConnections) {
  ProgramShares shares({.processes_per_host = 3, .datagram_processes_per_host = 1});
  FlowKey datagrams = flow(2, 1, 5);
  datagrams.protocol = IpProtocol::udp;
  auto first = shares.take(datagrams);
  ASSERT_TRUE(first);
  EXPECT_EQ(shares.take(datagrams).error(), "1 processes of this host serve UDP already");
  EXPECT_TRUE(shares.take(flow(2, 1, 5))) << "by TCP";
  const auto moved = std::optional(std::move(*first));
  first = tl::unexpected(std::string());
  EXPECT_FALSE(shares.take(datagrams)) << "its slot is taken as long as it runs";
}

}  // namespace
}  // namespace apiary
