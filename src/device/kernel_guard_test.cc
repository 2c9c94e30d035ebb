#include "device/kernel_guard.h"

#include <gtest/gtest.h>

#include "device/daemon_registry.h"
#include "device/testing/private_network.h"

namespace apiary {
namespace {

class KernelGuardTest : public PrivateNetwork {
 protected:
  void SetUp() override {
    PrivateNetwork::SetUp();
    if (!is_private()) return;
    run("ip link add device0 type veth peer name peer0 && ip link set device0 up && "
        "ip link set peer0 up && ip address add 192.0.2.1/24 dev device0");
    claimed_.add(*parse_ip_prefix("10.0.0.0/8"));
    claimed_.add(*parse_address_range("192.0.2.100-192.0.2.199"));
  }
  void TearDown() override {
    if (is_private()) run("ip link del device0");
  }

  /// What the kernel would do with a packet that device0 receives.
  static bool is_dropped(const char* destination) {
    const std::string command =
        std::string("ip route get ") + destination + " from 192.0.2.77 iif device0 >/dev/null 2>&1";
    return std::system(command.c_str()) != 0;
  }

  auto impose_by_routes() const {
    return KernelGuard::impose_by_routes("device0", claimed_, {"there is no nftables"});
  }

  AddressSet claimed_;
};

TEST_F(KernelGuardTest, FiltersAtTheIngressWithoutRoutes) {
  {
    auto guard = KernelGuard::impose("device0", claimed_);
    ASSERT_TRUE(guard) << to_string(guard.error());
    EXPECT_EQ(guard->gap(), "");
    const KernelGuard moved = std::move(*guard);
    run("nft list ruleset | grep -q 'hook ingress device \"device0\"'");
    run("test -z \"$(ip rule | grep device0)\"");
  }
  run("test -z \"$(nft list ruleset)\"");
}

TEST_F(KernelGuardTest, ReportsWhatRoutesDoNotCover) {
  const auto guard = impose_by_routes();
  ASSERT_TRUE(guard) << to_string(guard.error());
  EXPECT_EQ(guard->gap(),
            "the kernel answers malformed IP options sent to honeypots on device0, from this "
            "machine's own address: there is no nftables");
}

TEST_F(KernelGuardTest, DropsOnlyPacketsForClaimedAddresses) {
  run("echo 1 > /proc/sys/net/ipv4/ip_forward");
  EXPECT_TRUE(forwarding_is_on());
  EXPECT_FALSE(is_dropped("192.0.2.150"));
  {
    const auto guard = impose_by_routes();
    ASSERT_TRUE(guard) << to_string(guard.error());
    EXPECT_TRUE(is_dropped("10.1.2.3"));
    EXPECT_TRUE(is_dropped("192.0.2.150"));
    EXPECT_FALSE(is_dropped("192.0.2.1"));  // the machine's own
    EXPECT_FALSE(is_dropped("192.0.2.50"));
    run("ip route get 192.0.2.150 >/dev/null");  // the machine itself still has a route
  }
  EXPECT_FALSE(is_dropped("192.0.2.150"));
  run("test -z \"$(ip rule | grep device0)\"");
  run("echo 0 > /proc/sys/net/ipv4/ip_forward");
  EXPECT_FALSE(forwarding_is_on());
}

TEST_F(KernelGuardTest, FollowsTheClaim) {
  run("echo 1 > /proc/sys/net/ipv4/ip_forward");
  auto guard = impose_by_routes();
  ASSERT_TRUE(guard) << to_string(guard.error());
  AddressSet next;
  next.add(*parse_ip_prefix("10.0.0.0/8"));
  next.add(*parse_address_range("192.0.2.50-192.0.2.120"));
  ASSERT_TRUE(guard->change_to(next));
  EXPECT_TRUE(is_dropped("10.1.2.3"));
  EXPECT_TRUE(is_dropped("192.0.2.50"));
  EXPECT_TRUE(is_dropped("192.0.2.120"));
  EXPECT_FALSE(is_dropped("192.0.2.150"));
  run("echo 0 > /proc/sys/net/ipv4/ip_forward");
}

TEST_F(KernelGuardTest, RemovesWhatADeadDaemonLeftOnAnyInterface) {
  auto living = DaemonRegistry::join({});
  ASSERT_TRUE(living) << living.error();
  const unsigned number = (*living)->number();
  // Rules of former versions, of a dead daemon, of a living one, and of another program.
  const auto leave = [](const std::string& interface, std::uint32_t table) {
    run("ip rule add iif " + interface + " priority 104 lookup " + std::to_string(table) +
        " protocol 104 && ip route add blackhole 203.0.113.0/24 table " + std::to_string(table) +
        " proto 104");
  };
  leave("device0", 1'040'003);
  leave("gone0", 1'040'000 + guard_number(number + 1, 2));
  leave("peer0", 1'040'000 + guard_number(number, 0));
  leave("device0", 1'039'999);
  ASSERT_TRUE(remove_orphaned_guards(DaemonRegistry::max_number));
  run("test \"$(ip rule | grep 'proto 104' | sed 's/.*iif //' | cut -d' ' -f1 | sort | xargs)\" = "
      "'device0 peer0'");
  run("test $(ip route show table all | grep -c 203.0.113) = 2");
  ASSERT_TRUE(remove_orphaned_guards(number)) << "a rule with our own number is another daemon's";
  run("test $(ip route show table all | grep -c 203.0.113) = 1");
  run("ip rule del iif device0 priority 104 && ip route flush table 1039999");
}

TEST_F(KernelGuardTest, CleansUpOnceAfterAMove) {
  {
    auto guard = impose_by_routes();
    ASSERT_TRUE(guard);
    const KernelGuard moved = std::move(*guard);
    run("test $(ip rule | grep -c device0) = 1");
  }
  run("test -z \"$(ip rule | grep device0)\"");
}

}  // namespace
}  // namespace apiary
