#include "sink/contact_book.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

const Instant start{seconds{1'000}};

Probed probe(Duration at, IpProtocol protocol, std::uint16_t port, std::uint8_t host = 2) {
  return {
      start + at,
      {{IpAddress::v4(192, 0, 2, 9), {40000}}, {IpAddress::v4(10, 1, 0, host), {port}}, protocol},
      protocol == IpProtocol::icmp ? ProbeType::echo_request : ProbeType::connection_request};
}

TEST(ContactBook, TellsTheFirstPacketAndCountsTheRest) {
  ContactBook book;
  std::vector<std::string> lines;
  book.note(probe({}, IpProtocol::icmp, 0), lines);
  EXPECT_EQ(lines, std::vector<std::string>{"192.0.2.9 > 10.1.0.2 icmp: echo request"});
  for (std::uint16_t port = 1; port <= 1000; ++port)
    book.note(probe(milliseconds{port}, IpProtocol::tcp, port), lines);
  book.note(probe(seconds{1}, IpProtocol::icmp, 0), lines);
  EXPECT_EQ(lines.size(), 1U);

  lines.clear();
  book.on_time(start + seconds{1} + ContactBook::quiet_time - nanoseconds{1}, lines);
  EXPECT_TRUE(lines.empty()) << "the source is not quiet yet";
  EXPECT_EQ(book.next_due(), start + seconds{1} + ContactBook::quiet_time);
  book.on_time(book.next_due(), lines);
  EXPECT_EQ(lines,
            std::vector<std::string>{"192.0.2.9 > 10.1.0.2: 1001 more packets (1 icmp, 1000 tcp)"});
  EXPECT_EQ(book.next_due(), Instant::max());
}

TEST(ContactBook, SaysNothingMoreOfASinglePacket) {
  ContactBook book;
  std::vector<std::string> lines;
  book.note(probe({}, IpProtocol::tcp, 80), lines);
  book.on_time(start + hours{1}, lines);
  EXPECT_EQ(lines,
            std::vector<std::string>{"192.0.2.9:40000 > 10.1.0.2:80 tcp: connection request"});
}

TEST(ContactBook, GivesUpTheOldestContactWhenFull) {
  ContactBook book{2};
  std::vector<std::string> lines;
  for (std::uint8_t host = 1; host <= 3; ++host)
    for (int i = 0; i < 2; ++i) book.note(probe({}, IpProtocol::tcp, 80, host), lines);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[2], "192.0.2.9 > 10.1.0.1: 1 more packets (1 tcp)");
  lines.clear();
  book.finish(lines);
  EXPECT_EQ(lines.size(), 2U);
}

}  // namespace
}  // namespace apiary
