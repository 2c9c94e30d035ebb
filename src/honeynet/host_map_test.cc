#include "honeynet/host_map.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

IpAddress address(std::string_view text) { return parse_ip_address(text).value(); }

HostMap::Binding binding(std::string_view range, std::string name) {
  return {parse_address_range(range).value(),
          std::make_shared<const HostTemplate>(HostTemplate{.name = std::move(name)})};
}

std::string name_of(const HostTemplatePtr* host_template) {
  return host_template == nullptr ? "" : (*host_template)->name;
}

TEST(HostMap, TheSmallerBindingWins) {
  const HostMap map({binding("10.0.0.0-10.0.0.9", "few"), binding("10.0.0.0/8", "all"),
                     binding("10.0.0.5", "one"), binding("10.1.0.0/16", "first"),
                     binding("10.1.0.0/16", "second"), binding("255.255.255.0/24", "end")});
  struct Case {
    std::string_view name, address, single, range;
  };
  for (const Case& c :
       {Case{"before all", "9.255.255.255", "", ""}, Case{"in a range", "10.0.0.0", "", "few"},
        Case{"alone, in a range", "10.0.0.5", "one", "few"},
        Case{"the last of a range", "10.0.0.9", "", "few"},
        Case{"after an inner range", "10.0.0.10", "", "all"},
        Case{"of equal ones the later", "10.1.2.3", "", "second"},
        Case{"after all", "11.0.0.0", "", ""},
        Case{"the last address", "255.255.255.255", "", "end"}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(name_of(map.find_single(address(c.address))), c.single);
    EXPECT_EQ(name_of(map.find_range(address(c.address))), c.range);
  }
  EXPECT_EQ(map.counts(), (std::vector<bool>{true, true, true, false, true, true}));
  EXPECT_EQ(map.singles(), 1U);
  EXPECT_EQ(to_string(map.addresses()), "10.0.0.0/8, 255.255.255.0/24");
}

TEST(HostMap, SmallerBindingsTogetherCanShadowALargerOne) {
  const HostMap map({binding("10.0.0.0/30", "all"), binding("10.0.0.0/31", "low"),
                     binding("10.0.0.2", "c"), binding("10.0.0.3", "d")});
  EXPECT_EQ(map.counts(), (std::vector<bool>{false, true, true, true}));
}

TEST(HostMap, WithoutBindingsThereAreNoHosts) {
  EXPECT_EQ(HostMap().find_single(address("10.0.0.1")), nullptr);
  EXPECT_EQ(HostMap().find_range(address("10.0.0.1")), nullptr);
  EXPECT_EQ(HostMap(std::vector<HostMap::Binding>{}).find_range(address("10.0.0.1")), nullptr);
}

}  // namespace
}  // namespace apiary
