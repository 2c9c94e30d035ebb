#include <gtest/gtest.h>

#include "personality/reply.h"
#include "personality/testing/compile_entry.h"
#include "personality/testing/nmap_model.h"
#include "personality/testing/repeated_reply.h"

namespace apiary {
namespace {

constexpr Instant start{seconds{1'790'000'000}};
constexpr std::uint16_t usual = 64240;  // a common window of programs

// A Linux of our own.
constexpr const char* linux_like = R"(
SEQ(SP=100-10A%GCD=1-6%ISR=104-10E%TI=Z%CI=Z%II=I%TS=A)
OPS(O1=M5B4ST11NW7%O2=M5B4ST11NW7%O3=M5B4NNT11NW7%O4=M5B4ST11NW7%O5=M5B4ST11NW7%O6=M5B4ST11)
WIN(W1=7120%W2=7121%W3=7122%W4=7123%W5=7124%W6=7125)
ECN(R=Y%DF=N%T=7B-85%TG=80%W=7210%O=M5B4NNSNW7%CC=Y%Q=RU)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
)";

// A system that echoes the visitor's MSS and window scale.
constexpr const char* follower = R"(
OPS(O1=M5B4NWAST11%O2=M578NW0ST11%O3=M280NW5NNT11%O4=NWAST11%O5=M218NWAST11%O6=M109ST11)
WIN(W1=16D0%W2=15E0%W3=A00%W4=860%W5=860%W6=424)
ECN(R=N)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
)";

class Visitor {
 public:
  explicit Visitor(const char* entry)
      : personality_(personality_of(entry)), stack_(personality_, 0x1234, start) {}

  std::optional<SynAck> syn(std::string_view options, std::uint16_t window,
                            std::uint8_t more_flags = 0) {
    const TcpOptionBytes bytes = nmap_model::options_from(options);
    TcpSegment segment;
    segment.sequence = {5000};
    segment.acknowledgment = {7000};
    segment.flags = static_cast<std::uint8_t>(tcp_flag::syn | more_flags);
    segment.window = window;
    segment.options = bytes.bytes();
    auto answer = answer_syn(personality_, stack_, segment, start);
    if (answer) expect_repeatable(personality_, stack_, *answer, segment, start);
    return answer;
  }

  std::string answer(std::string_view options, std::uint16_t window) {
    const auto reply = syn(options, window);
    return reply ? nmap_model::option_string(reply->reply.options.bytes()) : "silence";
  }

  const Personality& personality() const { return personality_; }

 private:
  Personality personality_;
  StackState stack_;
};

TEST(ReplySynTest, OptionsAreThoseOfTheNearestObservedSynLessUnofferedOnes) {
  struct Case {
    const char* name;
    const char* entry;
    const char* offered;
    const char* answered;
  };
  for (const Case& c : {
           Case{"all, as Linux orders them", linux_like, "M5B4ST10NW7", "M5B4ST11NW7"},
           Case{"no timestamps, as Windows", linux_like, "M5B4NW8NNS", "M5B4NNSNW7"},
           Case{"no SACK", linux_like, "M5B4NW8NNT10", "M5B4NNT11NW7"},
           Case{"no window scale", linux_like, "M5B4ST10", "M5B4ST11"},
           Case{"an MSS alone, as nmap -sS", linux_like, "M5B4", "M5B4"},
           Case{"MSS and SACK", linux_like, "M5B4SNN", "M5B4NNS"},
           Case{"MSS and window scale", linux_like, "M5B4NW3", "M5B4NW7"},
           Case{"MSS and timestamps", linux_like, "M5B4NNT10", "M5B4NNT11"},
           Case{"nothing", linux_like, "", "M5B4"},
           Case{"a smaller MSS, followed", follower, "M300NW7ST10NN", "M300NW7ST11"},
           Case{"a larger MSS, not followed", follower, "MFFFFNW7ST10NN", "M5B4NW7ST11"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Visitor(c.entry).answer(c.offered, usual), c.answered);
  }
}

TEST(ReplySynTest, WindowsAreAsObservedOrAMultipleOfTheMss) {
  struct Case {
    const char* name;
    const char* entry;
    const char* offered;
    std::uint16_t window;
    std::uint16_t expected;
  };
  for (const Case& c : {
           Case{"of the nearest MSS: 1460", linux_like, "M5A0ST10NW7", usual, 0x7120},
           Case{"1400", linux_like, "M570ST10NW7", usual, 0x7121},
           Case{"536", linux_like, "M200ST10NW7", usual, 0x7124},
           Case{"without SACK", linux_like, "M5B4NW8NNT10", usual, 0x7122},
           Case{"without timestamps", linux_like, "M5B4NW8NNS", usual, 0x7210},
           Case{"four times an MSS never observed", follower, "M300NW7ST10NN", usual, 4 * 0x300},
           Case{"one observed", follower, "M578NW0ST10NN", usual, 0x15e0},
       }) {
    SCOPED_TRACE(c.name);
    const auto answer = Visitor(c.entry).syn(c.offered, c.window);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->reply.window, c.expected);
  }
}

TEST(ReplySynTest, NegotiatesWhatBothSidesSent) {
  struct Case {
    const char* name;
    const char* offered;
    NegotiatedOptions expected;
  };
  for (const Case& c : {
           Case{"all",
                "M578ST10NW9",
                {.send_mss = 1400,
                .window_scaling = true,
                .send_window_shift = 9,
                .receive_window_shift = 7,
                .timestamps = true,
                .sack = true}},
           Case{"nothing", "", {.send_mss = 536}},
           Case{"a shift beyond the largest",
                "M5B4NWF",
                {.send_mss = 1460,
                .window_scaling = true,
                .send_window_shift = 14,
                .receive_window_shift = 7}},
           Case{"timestamps alone", "M5B4NNT10", {.send_mss = 1460, .timestamps = true}},
           Case{"an MSS of zero", "M0", {.send_mss = 64}},
       }) {
    SCOPED_TRACE(c.name);
    const auto answer = Visitor(linux_like).syn(c.offered, usual);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->negotiated, c.expected);
  }
}

TEST(ReplySynTest, SynAcksHaveTheFieldsOfT1AndEcn) {
  Visitor visitor(linux_like);
  const auto plain = visitor.syn("M5B4", usual);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->reply.flags, tcp_flag::syn | tcp_flag::ack);
  EXPECT_EQ(plain->reply.acknowledgment.value, 5001U);
  EXPECT_EQ(plain->reply.ip.ttl, 64);
  EXPECT_TRUE(plain->reply.ip.dont_fragment);
  EXPECT_EQ(plain->reply.reserved, 0);

  const auto ecn = visitor.syn("M5B4SNNNW7", usual, tcp_flag::ece | tcp_flag::cwr);
  ASSERT_TRUE(ecn);
  EXPECT_EQ(ecn->reply.flags, tcp_flag::syn | tcp_flag::ack | tcp_flag::ece);
  EXPECT_EQ(ecn->reply.ip.ttl, 128);
  EXPECT_FALSE(ecn->reply.ip.dont_fragment);
  EXPECT_NE(ecn->reply.reserved, 0);
  EXPECT_NE(ecn->reply.urgent_pointer, 0);
  EXPECT_FALSE(Visitor(follower).syn("M5B4", usual, tcp_flag::ece | tcp_flag::cwr)) << "ECN(R=N)";
}

TEST(ReplySynTest, EcnFlagsFollowCc) {
  using namespace tcp_flag;
  struct Case {
    const char* letter;
    int flags;
  };
  for (const Case& c : {Case{"Y", ece}, Case{"N", 0}, Case{"S", ece | cwr}, Case{"O", cwr}}) {
    SCOPED_TRACE(c.letter);
    const std::string entry = "ECN(R=Y%W=100%O=M5B4%CC=" + std::string(c.letter) + ")";
    const auto answer = Visitor(entry.c_str()).syn("M5B4", usual, ece | cwr);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->reply.flags & (ece | cwr), c.flags);
  }
}

TEST(ReplySynTest, SystemsThatRefuseScannersAcceptPrograms) {
  constexpr const char* silent = "T1(R=N)\nECN(R=N)";
  constexpr const char* resetting =
      "OPS(O1=%O2=%O3=%O4=%O5=%O6=)\nWIN(W1=0%W2=0%W3=0%W4=0%W5=0%W6=0)\n"
      "T1(R=Y%DF=N%T=3B-45%S=Z%A=S+%F=AR%RD=0%Q=)";
  constexpr const char* without_window =
      "OPS(O1=M5B4%O2=M5B4%O3=M5B4%O4=M5B4%O5=M5B4%O6=M5B4)\n"
      "WIN(W1=0%W2=0%W3=0%W4=0%W5=0%W6=2000)\nT1(R=Y%S=O%A=S+%F=AS)";
  struct Case {
    const char* name;
    const char* entry;
  };
  for (const Case& c : {Case{"silent", silent}, Case{"resetting", resetting},
                        Case{"without a window", without_window}}) {
    SCOPED_TRACE(c.name);
    const auto answer = Visitor(c.entry).syn("M5B4ST10NW7", usual);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->reply.flags, tcp_flag::syn | tcp_flag::ack);
    EXPECT_GT(answer->reply.window, 0);
    EXPECT_EQ(answer->reply.acknowledgment.value, 5001U);
  }
  EXPECT_FALSE(Visitor(silent).syn("M5B4ST10NW7", 1));
  EXPECT_EQ(Visitor(resetting).syn("M5B4ST10NW7", 1)->reply.flags, tcp_flag::rst | tcp_flag::ack);
  EXPECT_EQ(Visitor(without_window).syn("M5B4ST10NW7", 1)->reply.window, 0);
}

TEST(ReplySynTest, ResetsOfEntriesSinceNmap794AreBare) {
  struct Case {
    const char* name;
    const char* entry;
    std::uint16_t window;
  };
  for (const Case& c : {
           Case{"windows of zero",
                "OPS(R=N)\nWIN(W1=0%W2=0%W3=0%W4=0%W5=0%W6=0)\n"
                "ECN(R=Y%DF=Y%T=40%W=0%O=%CC=N%Q=)\nT1(R=Y%DF=Y%T=40%S=Z%A=S+%F=AR%RD=0%Q=)",
                0},
           Case{"windows not recorded either",
                "OPS(R=N)\nWIN(R=N)\nECN(R=N)\nT1(R=Y%DF=Y%T=40%S=Z%A=S+%F=AR%RD=0%Q=)", 0},
           Case{"windows of resets",
                "OPS(R=N)\nWIN(W1=400%W2=400%W3=400%W4=400%W5=400%W6=400)\nECN(R=N)\n"
                "T1(R=Y%DF=Y%T=40%S=Z%A=S+%F=AR%RD=0%Q=)",
                0x400},
       }) {
    SCOPED_TRACE(c.name);
    for (const char* const offered :
         {"WAM5B4T10SNN", "M578W0ST10", "T10NNW5NM280", "ST10WA", "M218ST10WA", "M109ST10"}) {
      SCOPED_TRACE(offered);
      Visitor visitor(c.entry);
      const auto reset = visitor.syn(offered, 1);
      ASSERT_TRUE(reset);
      EXPECT_EQ(reset->reply.flags, tcp_flag::rst | tcp_flag::ack);
      EXPECT_EQ(reset->reply.window, c.window);
      EXPECT_EQ(reset->reply.options.size(), 0U);
      EXPECT_EQ(visitor.syn(offered, usual)->reply.flags, tcp_flag::syn | tcp_flag::ack)
          << "accepts real programs";
    }
  }
}

TEST(ReplySynTest, AnObservedResetAmongRepliesStaysOne) {
  Visitor visitor(
      "OPS(O1=M5B4%O2=M5B4%O3=M5B4%O4=M5B4%O5=M5B4%O6=)\n"
      "WIN(W1=2000%W2=2000%W3=2000%W4=2000%W5=2000%W6=0)\nT1(R=Y%S=O%A=S+%F=AS)");
  EXPECT_NE(visitor.syn("M109ST10", 512)->reply.flags & tcp_flag::rst, 0);
  EXPECT_EQ(visitor.syn("M109ST10", usual)->reply.flags & tcp_flag::rst, 0);
}

TEST(ReplySynTest, AConnectionKeepsTheHeaderOfItsSynAck) {
  const Personality personality = personality_of(linux_like);
  StackState stack(personality, 1, start);
  const IpHeaderTraits ip = shape_connection(personality, stack, start);
  EXPECT_EQ(ip.ttl, 64);
  EXPECT_TRUE(ip.dont_fragment);
  EXPECT_EQ(ip.identification, 0);
}

TEST(ReplySynTest, TimestampsOfAConnectionContinueFromItsSynAck) {
  const Personality personality = personality_of(
      "SEQ(TS=21)\nOPS(O1=NNT11%O2=NNT11%O3=NNT11%O4=NNT11%O5=NNT11%O6=NNT11)\n"
      "WIN(W1=100%W2=100%W3=100%W4=100%W5=100%W6=100)");
  StackState stack(personality, 1, start);
  const TcpOptionBytes options = nmap_model::options_from("M5B4NNT10");
  TcpSegment syn;
  syn.flags = tcp_flag::syn;
  syn.window = usual;
  syn.options = options.bytes();
  const auto answer = answer_syn(personality, stack, syn, start);
  ASSERT_TRUE(answer);
  const auto stamps = parse_tcp_options(answer->reply.options.bytes()).timestamps;
  ASSERT_TRUE(stamps);
  EXPECT_EQ(stamps->echo_reply, 0xffffffff);
  EXPECT_EQ(stamps->value,
            timestamp_value(personality, stack, start) + answer->negotiated.timestamp_offset);
  EXPECT_NEAR(timestamp_value(personality, stack, start + seconds{1}) -
                  timestamp_value(personality, stack, start),
              1000, 1);
}

TEST(ReplySynTest, TheGenericSystemIsAModernOne) {
  Personality personality = generic_personality();
  EXPECT_EQ(personality.name, "generic");
  StackState stack(personality, 1, start);
  const TcpOptionBytes options = nmap_model::options_from("M5B4ST10NW7");
  TcpSegment syn;
  syn.flags = tcp_flag::syn;
  syn.window = usual;
  syn.options = options.bytes();
  const auto answer = answer_syn(personality, stack, syn, start);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->negotiated.window_scaling && answer->negotiated.sack &&
              answer->negotiated.timestamps);
}

}  // namespace
}  // namespace apiary
