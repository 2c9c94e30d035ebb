#include <fmt/format.h>
#include <gtest/gtest.h>

#include "personality/reply.h"
#include "personality/testing/compile_entry.h"
#include "personality/testing/nmap_model.h"

namespace apiary {
namespace {

using namespace tcp_flag;

constexpr Instant start{seconds{1'790'000'000}};

struct Probe {
  const char* test;
  PortState port;
  std::uint8_t flags;
};
constexpr std::array<Probe, 6> probes = {{{"T2", PortState::open, 0},
                                          {"T3", PortState::open, syn | fin | urg | psh},
                                          {"T4", PortState::open, ack},
                                          {"T5", PortState::closed, syn},
                                          {"T6", PortState::closed, ack},
                                          {"T7", PortState::closed, fin | psh | urg}}};

std::optional<TcpReply> reply_to(const Personality& personality, const Probe& probe,
                                 std::string_view payload = "") {
  static const TcpOptionBytes options = nmap_model::options_from("WANM109T10S");
  StackState stack(personality, 1, start);
  TcpSegment segment;
  segment.sequence = {1000};
  segment.acknowledgment = {2000};
  segment.flags = probe.flags;
  segment.options = options.bytes();
  segment.payload = as_bytes(payload);
  return answer_stray(personality, stack, segment, probe.port, start);
}

/// The personality whose `probe.test` line has these attributes.
Personality with(const Probe& probe, std::string_view attributes) {
  return personality_of(fmt::format("{}({})", probe.test, attributes));
}

TEST(ReplyStrayTest, FollowsEachAttributeOfEachTest) {
  for (const Probe& probe : probes) {
    SCOPED_TRACE(probe.test);
    EXPECT_FALSE(reply_to(with(probe, "R=N"), probe));
    const auto reply = [&](std::string_view attributes) {
      return *reply_to(with(probe, fmt::format("R=Y%{}", attributes)), probe);
    };
    EXPECT_TRUE(reply("DF=Y").ip.dont_fragment);
    EXPECT_FALSE(reply("DF=N").ip.dont_fragment);
    EXPECT_EQ(reply("T=7B-85").ip.ttl, 128);
    EXPECT_EQ(reply("TG=FF").ip.ttl, 255);
    EXPECT_EQ(reply("T=37-41%TG=40").ip.ttl, 60) << "the measured TTL, not the guessed one";
    EXPECT_EQ(reply("W=400|800").window, 0x400);
    EXPECT_EQ(reply("S=Z").sequence.value, 0U);
    EXPECT_EQ(reply("S=A").sequence.value, 2000U);
    EXPECT_EQ(reply("S=A+").sequence.value, 2001U);
    EXPECT_GT(reply("S=O").sequence.value, 2001U);
    EXPECT_EQ(reply("A=Z").acknowledgment.value, 0U);
    EXPECT_EQ(reply("A=S").acknowledgment.value, 1000U);
    EXPECT_EQ(reply("A=S+").acknowledgment.value, 1001U);
    EXPECT_GT(reply("A=O").acknowledgment.value, 1001U);
    EXPECT_EQ(reply("F=EUAPRSF").flags, ece | urg | ack | psh | rst | syn | fin);
    EXPECT_EQ(reply("F=AR").flags, ack | rst);
    EXPECT_EQ(nmap_model::option_string(reply("O=M5B4NNT11").options.bytes()), "M5B4NNT11");
    EXPECT_EQ(reply("Q=R").reserved != 0, true);
    EXPECT_EQ(reply("Q=U").urgent_pointer != 0, true);
    EXPECT_EQ(reply("Q=").reserved | reply("Q=").urgent_pointer, 0);
  }
}

TEST(ReplyStrayTest, SomeSystemsPutTextIntoResets) {
  const Personality personality = with(probes[3], "R=Y%F=AR%RD=BD1AB510");
  EXPECT_EQ(as_text(reply_to(personality, probes[3])->payload), "No listener");
}

TEST(ReplyStrayTest, AnAcknowledgmentCoversThePayload) {
  const Personality personality = with(probes[3], "R=Y%A=S+");
  EXPECT_EQ(reply_to(personality, probes[3], "hello")->acknowledgment.value, 1006U);
}

TEST(ReplyStrayTest, AResetCountsAllNumbersOfTheSegment) {  // RFC 9293 section 3.10.7.1
  struct Case {
    const char* name;
    int flags;
    const char* payload;
    std::uint32_t acknowledgment;
  };
  const Personality personality = personality_of("T5(R=Y%A=S+)\nT7(R=Y%A=S+)\n");
  for (const Case& c : {Case{"SYN", syn, "", 1001}, Case{"SYN with data", syn, "hello", 1006},
                        Case{"SYN and FIN", syn | fin, "", 1002}, Case{"FIN", fin, "", 1001},
                        Case{"FIN with data", fin, "hello", 1006}, Case{"no flags", 0, "", 1000},
                        Case{"no flags, data", 0, "hello", 1005}}) {
    SCOPED_TRACE(c.name);
    const Probe probe{"", PortState::closed, static_cast<std::uint8_t>(c.flags)};
    EXPECT_EQ(reply_to(personality, probe, c.payload)->acknowledgment.value, c.acknowledgment);
  }
  const Probe lone_fin{"T7", PortState::closed, fin};
  EXPECT_EQ(reply_to(with(lone_fin, "R=Y%A=S"), lone_fin)->acknowledgment.value, 1000U)
      << "a system that does not count a FIN";
}

TEST(ReplyStrayTest, FollowsRfc9293WithoutALine) {
  const Personality personality = personality_of("U1(R=N)\n");
  struct Case {
    std::size_t probe;
    int flags;
    std::uint32_t sequence, acknowledgment;
  };
  EXPECT_FALSE(reply_to(personality, probes[0])) << "T2";
  EXPECT_FALSE(reply_to(personality, probes[1])) << "T3";
  for (const Case& c : {Case{2, rst, 2000, 0}, Case{3, rst | ack, 0, 1001}, Case{4, rst, 2000, 0},
                        Case{5, rst | ack, 0, 1001}}) {
    SCOPED_TRACE(probes[c.probe].test);
    const auto reply = reply_to(personality, probes[c.probe]);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->flags, c.flags);
    EXPECT_EQ(reply->sequence.value, c.sequence);
    EXPECT_EQ(reply->acknowledgment.value, c.acknowledgment);
    EXPECT_EQ(reply->options.size(), 0U);
  }
}

TEST(ReplyStrayTest, AResetIsNeverAnswered) {
  const Personality personality = generic_personality();
  for (const PortState port : {PortState::open, PortState::closed})
    for (int flags = 0; flags < 256; ++flags)
      if ((flags & rst) != 0) {
        const auto letters = static_cast<std::uint8_t>(flags);
        EXPECT_FALSE(reply_to(personality, {"", port, letters}));
      }
}

}  // namespace
}  // namespace apiary
