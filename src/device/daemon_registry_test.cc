#include "device/daemon_registry.h"

#include <gtest/gtest.h>
#include <linux/securebits.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <span>
#include <thread>

#include "device/testing/private_network.h"
#include "posix/pass_descriptors.h"

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
  /// Returns nullptr on an error, and keeps the error.
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

TEST_F(DaemonRegistryTest, OnlyLivingDaemonsHaveNumbers) {
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

TEST_F(DaemonRegistryTest, ARejectedChangeChangesNothing) {
  DaemonRegistry* const first = join({{"eth0", addresses("10.0.0.1")}});
  DaemonRegistry* const second = join({{"eth0", addresses("10.0.0.2")}});
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(second->change_to({{"eth0", addresses("10.0.0.1-10.0.0.2")}}));
  EXPECT_EQ(join({{"eth0", addresses("10.0.0.2")}}), nullptr) << "the old holdings remain";
  EXPECT_TRUE(second->change_to({{"eth0", addresses("10.0.0.3")}}));
  EXPECT_NE(join({{"eth0", addresses("10.0.0.2")}}), nullptr) << error_;
}

/// A process of another user that runs `task` until this object is destroyed.
class OtherUser {
 public:
  template <class Task>
  explicit OtherUser(Task task) {
    int pipe_ends[2];
    if (pipe(pipe_ends) != 0) return;
    process_ = fork();
    if (process_ == 0) {
      constexpr uid_t nobody = 65'534;
      // It keeps its capabilities, unless the task drops them.
      if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) != 0 ||
          setresuid(nobody, nobody, nobody) != 0)
        _exit(1);
      task([&] { (void)!write(pipe_ends[1], "", 1); });
      _exit(0);
    }
    close(pipe_ends[1]);
    char byte = 0;
    is_there_ = read(pipe_ends[0], &byte, 1) == 1;
    close(pipe_ends[0]);
  }
  OtherUser(const OtherUser&) = delete;
  OtherUser& operator=(const OtherUser&) = delete;
  ~OtherUser() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  bool is_there() const { return is_there_; }

 private:
  pid_t process_ = 0;
  bool is_there_ = false;
};

int hold_name(const std::string& name) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (bind(socket, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      listen(socket, 9) != 0)
    _exit(1);
  return socket;
}

TEST_F(DaemonRegistryTest, IgnoresProcessesOfOtherUsersThatTakeNames) {
  const OtherUser other_user([](auto say_ready) {
    hold_name("apiary/lock");
    hold_name("apiary/1");
    const int liar = hold_name("apiary/2");
    say_ready();
    while (true) {  // it claims to hold everything, without a proof
      const int asker = accept(liar, nullptr, nullptr);
      const int file = memfd_create("x", 0);
      (void)!write(file, "eth0 0.0.0.0/0\n", 15);
      const std::array<std::byte, 1> content{};
      (void)send_with_descriptors(asker, content, std::span(&file, 1));
      close(asker);
      close(file);
    }
  });
  if (!other_user.is_there()) GTEST_SKIP() << "this process cannot become another user";
  DaemonRegistry* const ours = join({{"eth0", addresses("10.0.0.0/24")}});
  ASSERT_NE(ours, nullptr) << error_;
  EXPECT_EQ(ours->number(), 3U);
  EXPECT_TRUE(ours->change_to({{"eth0", addresses("10.0.0.0/16")}}));
  EXPECT_EQ(join({{"eth0", addresses("10.0.9.9")}}), nullptr)
      << "our own daemons still see each other";
}

TEST_F(DaemonRegistryTest, ADaemonOfAnotherUserProvesThatItIsOne) {
  const OtherUser other([](auto say_ready) {
    const auto registry = DaemonRegistry::join({{"eth0", addresses("10.0.0.0/24")}});
    if (!registry) _exit(1);
    say_ready();
    while (true) {
      (*registry)->answer();
      usleep(1000);
    }
  });
  if (!other.is_there()) GTEST_SKIP() << "this process cannot become another user";
  EXPECT_EQ(join({{"eth0", addresses("10.0.0.9")}}), nullptr);
  EXPECT_NE(error_.find("answers for 10.0.0.9"), std::string::npos) << error_;
  EXPECT_NE(join({{"eth0", addresses("10.0.1.9")}}), nullptr) << error_;
}

TEST_F(DaemonRegistryTest, NamesTheProcessThatTakesAllNames) {
  const OtherUser other_user([](auto say_ready) {
    for (unsigned number = 1; number <= DaemonRegistry::max_number; ++number)
      hold_name("apiary/" + std::to_string(number));
    say_ready();
    pause();
  });
  if (!other_user.is_there()) GTEST_SKIP() << "this process cannot become another user";
  EXPECT_EQ(join({}), nullptr);
  EXPECT_NE(error_.find("of user 65534 keeps names of apiary's"), std::string::npos) << error_;
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
