#include "posix/send_all.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>

#include "posix/socket_option.h"

namespace apiary {
namespace {

class SendAllTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    ours_ = FileDescriptor(ends[0]);
    theirs_ = FileDescriptor(ends[1]);
  }
  FileDescriptor ours_, theirs_;
};

TEST_F(SendAllTest, SendsAllBytes) {
  ASSERT_TRUE(send_all(ours_, "hello"));
  EXPECT_TRUE(send_all(ours_, ""));
  std::array<char, 16> room{};
  EXPECT_EQ(recv(theirs_.get(), room.data(), room.size(), 0), 5);
  EXPECT_STREQ(room.data(), "hello");
}

TEST_F(SendAllTest, FailsWithoutASignalIfTheOtherSideHasClosed) {
  theirs_.close();
  EXPECT_FALSE(send_all(ours_, "hello"));
  EXPECT_EQ(errno, EPIPE);
}

TEST_F(SendAllTest, FailsWhenTheReceiverTakesNothingForTheTimeout) {
  ASSERT_TRUE(set_option(ours_, SOL_SOCKET, SO_SNDTIMEO, timeval{0, 50'000}));
  EXPECT_FALSE(send_all(ours_, std::string(8 << 20, 'x')));
  EXPECT_EQ(errno, EAGAIN);
}

}  // namespace
}  // namespace apiary
