#include "base/slot_index.h"

#include <gtest/gtest.h>

#include <map>

#include "base/flow_hash.h"
#include "base/random.h"

namespace apiary {
namespace {

using FlowIndex = SlotIndex<FlowKey, FlowHash>;

FlowKey flow_of(std::uint32_t visitor) {
  return {{IpAddress::v4(visitor), Port{4000}}, {IpAddress::v4(1), Port{80}}, IpProtocol::tcp};
}

TEST(SlotIndex, AgreesWithAMapWhileItGrowsAndShrinks) {
  Random random{5};
  FlowIndex index{FlowHash{{1, 2}}};
  std::map<std::uint32_t, std::uint32_t> model;  // visitor -> slot
  const auto find = [&](std::uint32_t visitor) {
    return index.find(flow_of(visitor), [](std::uint32_t slot) { return flow_of(slot - 7); });
  };
  EXPECT_EQ(find(0), FlowIndex::none) << "empty";
  for (int step = 0; step < 20'000; ++step) {
    const auto visitor = static_cast<std::uint32_t>(random.below(500));
    if (const auto found = model.find(visitor); found != model.end()) {
      index.erase(flow_of(visitor), found->second);
      model.erase(found);
    } else {
      index.insert(flow_of(visitor), visitor + 7);
      model[visitor] = visitor + 7;
    }
    ASSERT_EQ(index.size(), model.size());
    const auto asked = static_cast<std::uint32_t>(random.below(500));
    const auto expected = model.find(asked);
    ASSERT_EQ(find(asked), expected == model.end() ? FlowIndex::none : expected->second);
  }
  for (const auto& [visitor, slot] : std::exchange(model, {})) index.erase(flow_of(visitor), slot);
  EXPECT_EQ(index.size(), 0U);
  for (std::uint32_t visitor = 0; visitor < 500; ++visitor)
    EXPECT_EQ(find(visitor), FlowIndex::none);
}

TEST(SlotIndex, FindsAllWhenThreeQuartersAreTaken) {
  FlowIndex index{FlowHash{{1, 2}}};
  for (std::uint32_t count = 0; count < 3000; ++count) {
    index.insert(flow_of(count), count);
    if ((count + 1) % 3 != 0) continue;  // it grows in between, at 12, 24, 48 ...
    for (std::uint32_t i = 0; i <= count; i += 1 + count / 100)
      ASSERT_EQ(index.find(flow_of(i), flow_of), i) << "of " << count;
  }
}

}  // namespace
}  // namespace apiary
