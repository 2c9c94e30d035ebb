#include "sink/syslog_sink.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>

#include "posix/testing/temporary_files.h"
#include "sink/testing/write_wanted.h"

namespace apiary {
namespace {

const Instant now{seconds{1'764'047'640}};

std::vector<Event> notes(std::size_t count, std::size_t bytes = 1) {
  return std::vector<Event>(
      count, Event{{}, now, events::Note{.service = "x", .text = std::string(bytes, 'y')}});
}

FileDescriptor listen_at(const std::string& path) {
  unlink(path.c_str());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM, 0));
  EXPECT_EQ(bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return socket;
}

std::size_t messages_at(const FileDescriptor& socket) {
  std::size_t count = 0;
  char buffer[70'000];
  while (recv(socket.get(), buffer, sizeof buffer, MSG_DONTWAIT) > 0) ++count;
  return count;
}

TEST(SyslogSink, SaysWhatItSentAndConnectsAgain) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/log";
  SyslogSink sink({SyslogTarget::Transport::unix_socket, path, ""}, EcsEncoder({"1", "hive"}),
                  "hive");
  WriteResult result = write_wanted(sink, notes(3));
  EXPECT_EQ(result.written, 0U) << "nobody is there";
  EXPECT_TRUE(result.trouble);
  for (int again = 0; again < 2; ++again) {
    const FileDescriptor listener = listen_at(path);
    result = write_wanted(sink, notes(3));
    if (result.trouble) result = write_wanted(sink, notes(3));  // it was another's socket
    EXPECT_EQ(result.written, 3U);
    EXPECT_EQ(messages_at(listener), 3U);
  }
}

TEST(SyslogSink, LosesNothingWhenItsServerIsStartedAgain) {
  const FileDescriptor listener(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener.get(), 5), 0);
  ASSERT_EQ(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  SyslogSink sink(
      {SyslogTarget::Transport::tcp, "127.0.0.1", std::to_string(ntohs(address.sin_port))},
      EcsEncoder({"1", "hive"}), "hive");
  for (int again = 0; again < 3; ++again) {
    EXPECT_TRUE(writes_all(sink, notes(2)));
    const FileDescriptor server(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK));
    std::string text(10'000, 0);
    const ssize_t bytes = recv(server.get(), text.data(), text.size(), 0);
    ASSERT_GT(bytes, 0) << "on a connection of its own";
    text.resize(static_cast<std::size_t>(bytes));
    EXPECT_EQ(std::ranges::count(text, '<'), 2) << text;
  }
}

TEST(SyslogSink, CutsWhatADatagramDoesNotHold) {
  const FileDescriptor listener(::socket(AF_INET, SOCK_DGRAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  SyslogSink sink(
      {SyslogTarget::Transport::udp, "127.0.0.1", std::to_string(ntohs(address.sin_port))},
      EcsEncoder({"1", "hive"}), "hive");
  EXPECT_TRUE(writes_all(sink, notes(1, 200'000)));
  EXPECT_EQ(messages_at(listener), 1U) << "it must not stop what comes after it";
}

TEST(SyslogTarget, IsASocketOrAHost) {
  struct Case {
    const char *text, *spelling;
  };
  for (const Case& c : std::vector<Case>{{"unix:/dev/log", "unix:/dev/log"},
                                         {"unix:log", "unix:log"},
                                         {"udp:logs.example.net", "udp:logs.example.net:514"},
                                         {"udp://logs.example.net", "udp:logs.example.net:514"},
                                         {"tcp:192.0.2.1", "tcp:192.0.2.1:601"},
                                         {"tcp:192.0.2.1:6514", "tcp:192.0.2.1:6514"},
                                         {"udp:logs:syslog", "udp:logs:syslog"},
                                         {"udp:2001:db8::1", "udp:[2001:db8::1]:514"},
                                         {"tcp://[2001:db8::1]", "tcp:[2001:db8::1]:601"},
                                         {"tcp:[2001:db8::1]:6514", "tcp:[2001:db8::1]:6514"}}) {
    SCOPED_TRACE(c.text);
    const auto target = parse_syslog_target(c.text);
    ASSERT_TRUE(target) << target.error();
    EXPECT_EQ(to_string(*target), c.spelling);
    EXPECT_EQ(to_string(parse_syslog_target(c.spelling).value()), c.spelling);
  }
  EXPECT_EQ(parse_syslog_target("tcp:[2001:db8::1]:6514")->where, "2001:db8::1");
}

TEST(SyslogTarget, RefusesWhatIsNone) {
  const std::string long_path = "unix:/" + std::string(107, 'x');
  for (const char* const wrong :
       {"", "udp", "udp:", "udp://", "logs", "unix:", "tls:x", "tcp::601", "tcp:h:0", "tcp:h:70000",
        "tcp:h:", "udp:h/path", "udp://h/", "tcp:[::1", "tcp:[]", "tcp:[::1]601",
        "tcp:[::1]:", long_path.c_str()})
    EXPECT_FALSE(parse_syslog_target(wrong)) << wrong;
}

}  // namespace
}  // namespace apiary
