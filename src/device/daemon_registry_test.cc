#include "device/daemon_registry.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "device/testing/private_network.h"

namespace apiary {
namespace {

AddressSet addresses(std::string_view text) {
  AddressSet set;
  set.add(*parse_address_range(text));
  return set;
}

/// Daemons that answer each other.
class DaemonRegistryTest : public PrivateNetwork {
 protected:
  void SetUp() override {
    PrivateNetwork::SetUp();
    answering_ = std::thread([this] {
      while (!over_) {
        {
          const std::lock_guard guard(mutex_);
          for (const auto& registry : answerers_) registry->answer();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
    });
  }
  void TearDown() override {
    over_ = true;
    if (answering_.joinable()) answering_.join();
  }
  /// The one that joined; on an error nullptr, and what it was.
  DaemonRegistry* join(const std::vector<Holding>& holdings) {
    auto registry = DaemonRegistry::join(holdings);
    error_ = registry ? "" : registry.error();
    if (!registry) return nullptr;
    const std::lock_guard guard(mutex_);
    return answerers_.emplace_back(std::move(*registry)).get();
  }
  void end(const DaemonRegistry* registry) {
    const std::lock_guard guard(mutex_);
    std::erase_if(answerers_, [&](const auto& one) { return one.get() == registry; });
  }

  std::string error_;

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<DaemonRegistry>> answerers_;
  std::atomic<bool> over_ = false;
  std::thread answering_;
};

TEST_F(DaemonRegistryTest, AnAddressOnAnInterfaceHasOneOwner) {
  ASSERT_NE(join({{"eth0", addresses("10.0.0.0/24")}, {"tun", addresses("10.9.0.0/16")}}), nullptr);
  struct Case {
    const char* name;
    Holding wanted;
    bool is_free;
  };
  for (const Case& c : {Case{"the same", {"eth0", addresses("10.0.0.0/24")}, false},
                        Case{"one of them", {"eth0", addresses("10.0.0.77")}, false},
                        Case{"more", {"eth0", addresses("10.0.0.0/8")}, false},
                        Case{"the last", {"eth0", addresses("10.0.0.255-10.0.1.9")}, false},
                        Case{"by another TUN interface", {"tun", addresses("10.9.9.9")}, false},
                        Case{"beside it", {"eth0", addresses("10.0.1.0/24")}, true},
                        Case{"elsewhere", {"eth1", addresses("10.0.0.0/24")}, true}}) {
    SCOPED_TRACE(c.name);
    DaemonRegistry* const joined = join({c.wanted});
    EXPECT_EQ(joined != nullptr, c.is_free) << error_;
    if (!c.is_free) {
      EXPECT_NE(error_.find("process " + std::to_string(getpid())), std::string::npos) << error_;
    }
    end(joined);
  }
}

TEST_F(DaemonRegistryTest, NumbersAreOfTheLiving) {
  const DaemonRegistry* const first = join({{"eth0", addresses("10.0.0.1")}});
  const DaemonRegistry* const second = join({{"eth0", addresses("10.0.0.2")}});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->number(), 1U);
  EXPECT_EQ(second->number(), 2U);
  EXPECT_TRUE(DaemonRegistry::is_alive(1));
  end(first);
  EXPECT_FALSE(DaemonRegistry::is_alive(1));
  EXPECT_TRUE(DaemonRegistry::is_alive(2));
  const DaemonRegistry* const third = join({{"eth0", addresses("10.0.0.1")}});
  ASSERT_NE(third, nullptr) << error_;
  EXPECT_EQ(third->number(), 1U);
}

TEST_F(DaemonRegistryTest, AChangeThatIsRefusedChangesNothing) {
  DaemonRegistry* const first = join({{"eth0", addresses("10.0.0.1")}});
  DaemonRegistry* const second = join({{"eth0", addresses("10.0.0.2")}});
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(second->change_to({{"eth0", addresses("10.0.0.1-10.0.0.2")}}));
  EXPECT_EQ(join({{"eth0", addresses("10.0.0.2")}}), nullptr) << "it still holds what it held";
  EXPECT_TRUE(second->change_to({{"eth0", addresses("10.0.0.3")}}));
  EXPECT_NE(join({{"eth0", addresses("10.0.0.2")}}), nullptr) << error_;
}

TEST_F(DaemonRegistryTest, HoldsVeryManyRanges) {
  AddressSet many;
  for (std::uint32_t i = 0; i < 50'000; ++i)
    many.add(IpPrefix{IpAddress::v4((10U << 24) + 2 * i), 32});
  ASSERT_NE(join({{"eth0", many}}), nullptr) << error_;
  EXPECT_EQ(join({{"eth0", addresses("10.1.134.158")}}), nullptr);
  EXPECT_NE(join({{"eth0", addresses("10.1.134.159")}}), nullptr) << error_;
}

}  // namespace
}  // namespace apiary
