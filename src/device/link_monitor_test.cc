#include "device/link_monitor.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>

#include "device/testing/private_network.h"

namespace apiary {
namespace {

class LinkMonitorTest : public PrivateNetwork {
 protected:
  void SetUp() override {
    PrivateNetwork::SetUp();
    if (is_private())
      run("ip link add device0 type veth peer name peer0 && ip link set device0 up");
  }
  void TearDown() override {
    if (is_private()) (void)std::system("ip link del device0 2>/dev/null");
  }
  static bool hears(LinkMonitor& monitor) {
    pollfd readable{monitor.descriptor(), POLLIN, 0};
    return poll(&readable, 1, 200) == 1 && monitor.take_changes();
  }
};

TEST_F(LinkMonitorTest, ReportsOnlyLinksAddressesAndDefaultRoutes) {
  auto monitor = LinkMonitor::open();
  ASSERT_TRUE(monitor) << to_string(monitor.error());
  struct Case {
    const char* command;
    bool is_heard;
  };
  for (const Case& c :
       {Case{"ip address add 192.0.2.1/24 dev device0", true},
        Case{"ip link set device0 mtu 1400", true}, Case{"ip link set peer0 up", true},
        Case{"ip route add 203.0.113.128/25 via 192.0.2.2", false},
        Case{"ip route del 203.0.113.128/25", false},
        Case{"ip route add default via 192.0.2.2", true}, Case{"ip route del default", true},
        Case{"ip address del 192.0.2.1/24 dev device0", true}, Case{"ip link del device0", true},
        Case{"true", false}}) {
    SCOPED_TRACE(c.command);
    run(c.command);
    EXPECT_EQ(hears(*monitor), c.is_heard);
    while (hears(*monitor)) {
    }
  }
}

TEST_F(LinkMonitorTest, ListsInterfacesAndThoseThatWereDown) {
  auto monitor = LinkMonitor::open();
  ASSERT_TRUE(monitor) << to_string(monitor.error());
  run("ip link property add dev device0 altname another");
  run("ip address add 192.0.2.1/24 dev device0");
  (void)monitor->look();
  (void)monitor->take_changes();

  const auto quiet = monitor->look();
  ASSERT_TRUE(quiet);
  const SeenLink* const link = quiet->find_link("device0");
  ASSERT_NE(link, nullptr);
  EXPECT_TRUE(link->is_ethernet);
  EXPECT_EQ(link->mtu_bytes, 1500U);
  EXPECT_EQ(link->other_names, std::vector<std::string>{"another"});
  EXPECT_NE(link->mac, MacAddress{});
  EXPECT_TRUE(std::ranges::any_of(quiet->addresses, [](const OwnAddress& own) {
    return to_string(own.address) == "192.0.2.1" && own.interface == "device0";
  }));
  EXPECT_EQ(quiet->find_link("nope"), nullptr);

  run("ip link set device0 down && ip link set device0 up");
  EXPECT_TRUE(monitor->take_changes());
  const auto after = monitor->look();
  ASSERT_TRUE(after);
  EXPECT_TRUE(after->find_link("device0")->is_up);
  EXPECT_TRUE(after->was_down(*after->find_link("device0")));
  const auto later = monitor->look();
  ASSERT_TRUE(later);
  EXPECT_FALSE(later->was_down(*later->find_link("device0")));
}

TEST_F(LinkMonitorTest, LostNotificationsCountAsAChange) {
  auto monitor = LinkMonitor::open();
  ASSERT_TRUE(monitor) << to_string(monitor.error());
  (void)monitor->look();
  run("for i in $(seq 1500); do echo link set device0 mtu $((1000 + i)); done | ip -batch -");
  EXPECT_TRUE(monitor->take_changes());
  const auto seen = monitor->look();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->find_link("device0")->mtu_bytes, 2500U);
}

}  // namespace
}  // namespace apiary
