#include "daemon/open_devices.h"

#include <gtest/gtest.h>

#include "daemon/testing/fake_device.h"

namespace apiary {
namespace {

TEST(OpenDevicesTest, ReservesTheClaimOnEachInterface) {
  AddressSet claim;
  claim.add(*parse_ip_prefix("10.0.0.0/24"));
  struct Case {
    const char* name;
    DeviceType type;
    const char* interface;
    const char *reserved_on, *addresses;
  };
  const std::vector<std::string> inside{"eth1"};
  for (const Case& c :
       {Case{"Ethernet", DeviceType::ethernet, "eth0", "eth0", "10.0.0.0/24"},
        Case{"physical hosts send to anybody", DeviceType::ethernet, "eth1", "eth1", "0.0.0.0/0"},
        Case{"all TUN interfaces count as one", DeviceType::tun, "honey", "tun", "10.0.0.0/24"},
        Case{"a TUN interface with the name of a tunnel", DeviceType::tun, "gre:", "tun",
             "10.0.0.0/24"},
        Case{"the remote end sends to anybody", DeviceType::gre, "gre:192.0.2.1-198.51.100.1",
             "gre:192.0.2.1-198.51.100.1", "0.0.0.0/0"}}) {
    SCOPED_TRACE(c.name);
    std::vector<std::unique_ptr<Device>> devices;
    devices.push_back(std::make_unique<FakeDevice>(c.type, c.interface));
    const auto holdings = holdings_of(devices, inside, claim);
    ASSERT_EQ(holdings.size(), 1U);
    EXPECT_EQ(holdings[0].interface, c.reserved_on);
    EXPECT_EQ(to_string(holdings[0].addresses), c.addresses);
  }
}

}  // namespace
}  // namespace apiary
