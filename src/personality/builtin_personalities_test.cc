// The built-in personalities: they are valid, and not copied from Nmap.
#include "personality/builtin_personalities.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "personality/reply.h"
#include "personality/testing/installed_nmap.h"
#include "personality/testing/nmap_model.h"
#include "personality/testing/repeated_reply.h"

namespace apiary {
namespace {

constexpr Instant start{seconds{1'790'000'000}};

TEST(BuiltinPersonalitiesTest, HaveDifferentDevicesAndUniqueNames) {
  std::set<std::string_view> names, families;
  for (const Fingerprint& fingerprint : builtin_personalities().fingerprints()) {
    names.insert(fingerprint.name);
    families.insert(fingerprint.family);
  }
  EXPECT_EQ(names.size(), builtin_personalities().fingerprints().size());
  EXPECT_GE(names.size(), 8U);
  EXPECT_GE(families.size(), 6U);
  EXPECT_TRUE(names.contains("generic"));
}

TEST(BuiltinPersonalitiesTest, AnswerAsTheyAreWritten) {
  for (const Fingerprint& fingerprint : builtin_personalities().fingerprints())
    for (std::uint64_t host = 0; host < 5; ++host) {
      SCOPED_TRACE(fingerprint.name);
      const auto seen =
          nmap_model::observe(compile_personality(fingerprint), mix_bits(host), start);
      EXPECT_EQ(nmap_model::disagreements(fingerprint, seen), std::vector<std::string>{});
    }
}

/// A SYN of a real program.
struct Client {
  const char* name;
  const char* options;  // in Nmap's spelling
  std::uint16_t window;
};
constexpr Client clients[] = {
    {"Linux", "M5B4ST10NW7", 64240},
    {"Windows", "M5B4NW8NNS", 64240},
    {"macOS", "M5B4NW6NNT10SLL", 65535},
    {"an old Windows", "M5B4NNS", 16384},
    {"zmap", "M5B4", 65535},
    {"masscan", "", 1024},
    {"nmap -sS", "M5B4", 1024},
    {"behind a tunnel", "M500ST10NW7", 64000},
};

TEST(BuiltinPersonalitiesTest, AcceptOnlyWhatEachClientOffers) {
  for (const Fingerprint& fingerprint : builtin_personalities().fingerprints())
    for (const Client& client : clients) {
      SCOPED_TRACE(std::string(fingerprint.name) + " to " + client.name);
      const Personality personality = compile_personality(fingerprint);
      StackState stack(personality, 7, start);
      const TcpOptionBytes bytes = nmap_model::options_from(client.options);
      TcpSegment syn;
      syn.sequence = {5000};
      syn.flags = tcp_flag::syn;
      syn.window = client.window;
      syn.options = bytes.bytes();
      const auto answer = answer_syn(personality, stack, syn, start);
      ASSERT_TRUE(answer);
      EXPECT_TRUE(answer->summary);
      expect_repeatable(personality, stack, *answer, syn, start);
      EXPECT_EQ(answer->reply.flags, tcp_flag::syn | tcp_flag::ack);
      EXPECT_EQ(answer->reply.acknowledgment, SeqNumber{5001});
      EXPECT_GE(answer->reply.window, 1460) << "room for one segment";
      const TcpOptions offered = parse_tcp_options(bytes.bytes());
      const TcpOptions agreed = parse_tcp_options(answer->reply.options.bytes());
      EXPECT_LE(agreed.mss.value_or(0), 1460);
      EXPECT_GE(agreed.mss.value_or(0), 265);
      EXPECT_TRUE(offered.window_scale || !agreed.window_scale);
      EXPECT_TRUE(offered.sack_permitted || !agreed.sack_permitted);
      EXPECT_TRUE(offered.timestamps || !agreed.timestamps);
      EXPECT_EQ(answer->reply.options.size() % 4, 0U);
      if (agreed.timestamps) {
        EXPECT_EQ(agreed.timestamps->echo_reply, offered.timestamps->value);
      }
    }
}

TEST(BuiltinPersonalitiesTest, NoneIsAnEntryOfTheInstalledNmap) {
  const auto nmap = installed_nmap();
  if (!nmap) GTEST_SKIP();
  const FingerprintDatabase& installed = *nmap;
  ASSERT_EQ(installed.errors().lines, 0U);
  for (const Fingerprint& ours : builtin_personalities().fingerprints())
    for (const Fingerprint& theirs : installed.fingerprints()) {
      ASSERT_NE(ours.name, theirs.name);
      std::size_t shared = 0;
      for (std::size_t i = 0; i < nmap_test_count; ++i)
        shared += ours.tests[i] == theirs.tests[i] ? 1U : 0U;
      // Many systems have lines such as T2(R=N).
      ASSERT_LE(shared, nmap_test_count / 2) << ours.name << " and line " << theirs.line;
    }
}

}  // namespace
}  // namespace apiary
