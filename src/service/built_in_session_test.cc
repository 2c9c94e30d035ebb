#include <gtest/gtest.h>

#include <ctime>

#include "service/testing/service_fixture.h"

namespace apiary {
namespace {

using BuiltInSessionTest = ServiceTest;

TEST_F(BuiltInSessionTest, EchoSaysWhatItHearsAndEndsWithItsVisitor) {
  const SessionId session = open(BuiltIn::echo);
  deliver(session, "hello ");
  deliver(session, "world");
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(received[session.value].output, "hello world");
  EXPECT_EQ(received[session.value].consumed, 11);
  EXPECT_EQ(runner->process_count(), 0);
  EXPECT_EQ(runner->session_count(), 1);
  close(session);
  EXPECT_EQ(runner->session_count(), 0);
}

TEST_F(BuiltInSessionTest, EchoWaitsForAllowanceAndMakesItsVisitorWait) {
  const SessionId session = open(BuiltIn::echo, IpProtocol::tcp, 4);
  deliver(session, "hello ");
  deliver(session, "world");
  end_input(session);
  run_for(milliseconds{20});
  EXPECT_EQ(received[session.value].output, "hell");
  EXPECT_EQ(received[session.value].consumed, 4);
  EXPECT_EQ(received[session.value].ended, 0);
  grant(session, 5);
  run_for(milliseconds{20});
  EXPECT_EQ(received[session.value].output, "hello wor");
  grant(session, 100);
  run_until_ended(session);
  EXPECT_EQ(received[session.value].output, "hello world");
  EXPECT_EQ(received[session.value].consumed, 11);
}

TEST_F(BuiltInSessionTest, DiscardTakesAllAndSaysNothing) {
  const SessionId session = open(BuiltIn::discard);
  deliver(session, "hello");
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(received[session.value].consumed, 5);
  EXPECT_EQ(received[session.value].output, "");
}

TEST_F(BuiltInSessionTest, ChargenSaysLinesEachACharacterFurther) {
  const SessionId session = open(BuiltIn::chargen, IpProtocol::tcp, 150);
  run_for(milliseconds{20});
  const std::string two_lines = received[session.value].output;
  ASSERT_EQ(two_lines.size(), 148);
  EXPECT_EQ(two_lines.substr(0, 8), " !\"#$%&'");
  EXPECT_EQ(two_lines.substr(70, 6), "fg\r\n!\"");
  constexpr std::size_t round = std::size_t{74} * 95;
  grant(session, round);  // and all round
  run_for(milliseconds{20});
  EXPECT_EQ(received[session.value].output.substr(round, 148), two_lines);
  EXPECT_EQ(received[session.value].ended, 0);
}

TEST_F(BuiltInSessionTest, ChargenSaysLittleAhead) {
  const SessionId session = open(BuiltIn::chargen);
  run_for(milliseconds{20});
  EXPECT_LE(received[session.value].output.size(), 16'384);
}

TEST_F(BuiltInSessionTest, ChargenUsesItsAllowanceAsItsVisitorReads) {
  constexpr std::size_t allowance = 100'000, line = 74;
  const SessionId session = open(BuiltIn::chargen, IpProtocol::tcp, allowance);
  run_for(milliseconds{20});
  std::size_t read = 0;
  for (int i = 0; i < 4; ++i) {
    const std::size_t ahead = received[session.value].output.size() - read;
    read += ahead;
    grant(session, ahead);
    run_for(milliseconds{20});
    EXPECT_LE(received[session.value].output.size() - read, std::min(2 * ahead + line, allowance));
  }
  EXPECT_GT(received[session.value].output.size() - read, allowance - line);
}

TEST_F(BuiltInSessionTest, DaytimeSaysTheDateAndEnds) {
  const std::time_t before = std::time(nullptr);
  const SessionId session = open(BuiltIn::daytime);
  run_until_ended(session);
  std::tm said{};
  ASSERT_NE(strptime(received[session.value].output.c_str(), "%a %b %e %H:%M:%S %Y\r\n", &said),
            nullptr)
      << received[session.value].output;
  said.tm_isdst = -1;
  EXPECT_NEAR(static_cast<double>(std::mktime(&said)), static_cast<double>(before), 5);
}

TEST_F(BuiltInSessionTest, TimeSaysTheSecondsSince1900) {
  const auto now = static_cast<std::uint64_t>(std::time(nullptr));
  const SessionId session = open(BuiltIn::time);
  run_until_ended(session);
  std::uint64_t said = 0;
  ASSERT_EQ(received[session.value].output.size(), 4);
  for (const char byte : received[session.value].output)
    said = said << 8 | static_cast<unsigned char>(byte);
  EXPECT_NEAR(static_cast<double>(said), static_cast<double>(now + 2'208'988'800), 5);
}

TEST_F(BuiltInSessionTest, AnswersEachDatagramWithOne) {
  struct Case {
    BuiltIn service;
    std::size_t answer_bytes;
  };
  for (const Case& c : {Case{BuiltIn::echo, 5}, Case{BuiltIn::chargen, 444},
                        Case{BuiltIn::daytime, 26}, Case{BuiltIn::time, 4}}) {
    SCOPED_TRACE(name_of(c.service));
    const SessionId session = open(c.service, IpProtocol::udp);
    deliver(session, "hello");
    deliver(session, "world");
    run_until([&] { return received[session.value].datagrams.size() == 2; });
    EXPECT_EQ(received[session.value].datagrams[1].size(), c.answer_bytes);
    EXPECT_EQ(received[session.value].consumed, 10);
    EXPECT_EQ(received[session.value].ended, 0);
  }
}

TEST_F(BuiltInSessionTest, DoesNotAnswerItsLike) {
  for (const auto port : std::initializer_list<std::uint16_t>{7, 13, 17, 19, 37}) {
    const SessionId session{++last_session};
    execute(OpenSession{.session = session,
                        .flow = {{IpAddress::v4(192, 0, 2, 1), Port{port}},
                                 {IpAddress::v4(10, 0, 0, 5), Port{7}},
                                 IpProtocol::udp},
                        .service = std::make_shared<const ServiceSpec>(BuiltIn::echo),
                        .output_allowance_bytes = plenty});
    deliver(session, "hello");
    run_for(milliseconds{5});
    EXPECT_EQ(received[session.value].output, "") << port;
    EXPECT_EQ(received[session.value].consumed, 5);
  }
}

TEST_F(BuiltInSessionTest, ADatagramBeyondTheAllowanceIsLost) {
  const SessionId session = open(BuiltIn::echo, IpProtocol::udp, 7);
  deliver(session, "hello");
  deliver(session, "world");
  run_for(milliseconds{20});
  EXPECT_EQ(received[session.value].datagrams, std::vector<std::string>{"hello"});
  EXPECT_EQ(received[session.value].consumed, 10);
}

}  // namespace
}  // namespace apiary
