#include "posix/pass_descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>

namespace apiary {
namespace {

struct SocketPair {
  FileDescriptor one, other;
};

SocketPair make_pair(int type) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair.data()) != 0) return {};
  return {FileDescriptor(pair[0]), FileDescriptor(pair[1])};
}

FileDescriptor open_file() { return FileDescriptor(memfd_create("a file", MFD_CLOEXEC)); }

ino_t file_of(int descriptor) {
  struct stat about {};
  return fstat(descriptor, &about) == 0 ? about.st_ino : 0;
}

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return std::distance(begin(entries), end(entries));
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(PassDescriptors, TheyArriveInOrderWithTheirBytes) {
  struct Case {
    const char* name;
    int type;
    std::size_t count;
  };
  for (const Case& c : {Case{"stream, none", SOCK_STREAM, 0},
                        {"stream, one", SOCK_STREAM, 1},
                        {"stream, as many as can", SOCK_STREAM, passed_descriptor_limit},
                        {"packets, none", SOCK_SEQPACKET, 0},
                        {"packets, three", SOCK_SEQPACKET, 3},
                        {"packets, as many as can", SOCK_SEQPACKET, passed_descriptor_limit}}) {
    SCOPED_TRACE(c.name);
    const SocketPair pair = make_pair(c.type);
    std::vector<FileDescriptor> files;
    std::vector<int> numbers;
    for (std::size_t i = 0; i < c.count; ++i) {
      files.push_back(open_file());
      numbers.push_back(files.back().get());
    }
    ASSERT_EQ(send_with_descriptors(pair.one.get(), bytes_of("hello"), numbers), 5);
    std::array<char, 16> room{};
    const ReceivedMessage received =
        receive_with_descriptors(pair.other.get(), std::as_writable_bytes(std::span(room)));
    EXPECT_EQ(received.size, 5);
    EXPECT_STREQ(room.data(), "hello");
    ASSERT_EQ(received.descriptors.size(), c.count);
    for (std::size_t i = 0; i < c.count; ++i) {
      const int number = received.descriptors[i].get();
      EXPECT_NE(number, numbers[i]);
      EXPECT_EQ(file_of(number), file_of(numbers[i]));
      EXPECT_EQ(fcntl(number, F_GETFD), FD_CLOEXEC);
    }
  }
}

TEST(PassDescriptors, MoreThanAMessageCarriesAreRefused) {
  const SocketPair pair = make_pair(SOCK_SEQPACKET);
  const FileDescriptor file = open_file();
  const std::vector<int> numbers(passed_descriptor_limit + 1, file.get());
  EXPECT_EQ(send_with_descriptors(pair.one.get(), bytes_of("x"), numbers), -1);
  EXPECT_EQ(errno, EINVAL);
}

TEST(PassDescriptors, ReportsAnEndAndAnError) {
  SocketPair pair = make_pair(SOCK_SEQPACKET);
  std::array<std::byte, 4> room{};
  EXPECT_EQ(receive_with_descriptors(pair.other.get(), room, MSG_DONTWAIT).size, -1);
  EXPECT_EQ(errno, EAGAIN);
  pair.one.close();
  EXPECT_EQ(receive_with_descriptors(pair.other.get(), room).size, 0);
  const FileDescriptor file = open_file();
  const std::array<int, 1> numbers{file.get()};
  EXPECT_EQ(send_with_descriptors(pair.other.get(), bytes_of("x"), numbers), -1)
      << "and no SIGPIPE ends the test";
  EXPECT_EQ(errno, EPIPE);
}

/// The kernel drops descriptors beyond the limit; none of the others may leak.
TEST(PassDescriptors, AProcessThatMayOpenNoMoreGetsFewer) {
  const SocketPair pair = make_pair(SOCK_SEQPACKET);
  const FileDescriptor file = open_file();
  const std::array<int, 3> numbers{file.get(), file.get(), file.get()};
  ASSERT_EQ(send_with_descriptors(pair.one.get(), bytes_of("x"), numbers), 1);
  const auto open_before = open_descriptors();
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const FileDescriptor lowest(dup(file.get()));  // the next free number
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(lowest.get()) + 2;  // one more after it
  setrlimit(RLIMIT_NOFILE, &tight);
  std::array<std::byte, 4> room{};
  std::size_t count = 0;
  ssize_t size = 0;
  {
    const ReceivedMessage received = receive_with_descriptors(pair.other.get(), room);
    count = received.descriptors.size();
    size = received.size;
  }
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(size, 1);
  EXPECT_LT(count, 3U);
  EXPECT_EQ(open_descriptors(), open_before + 1) << "the received ones are closed again";
}

}  // namespace
}  // namespace apiary
