#include "personality/fingerprint_database.h"

#include <gtest/gtest.h>

#include "personality/aliases.h"

namespace apiary {
namespace {

constexpr const char* two_entries = R"(# our own
MatchPoints
SEQ(SP=25%GCD=75)
T1(R=100)

Fingerprint Hive OS 1.0
Class Hive | HiveOS | 1.X | general purpose
Class Other | Thing || switch
CPE cpe:/o:hive:hive_os:1.0
SEQ(SP=0-5%GCD=1-6%ISR=C8-D2)
OPS(R=N)
T1(R=Y%DF=Y%T=3B-45%S=O%A=S+%F=AS%RD=0%Q=)
IE(R=N)

Fingerprint Hive OS 2.0 (wax build)
T1(R=N)

Fingerprint Hive OS 1.0
T1(DF=N)
)";

TEST(FingerprintDatabaseTest, ReadsEntries) {
  const auto database = parse_fingerprints(two_entries);
  ASSERT_TRUE(database);
  ASSERT_EQ(database->fingerprints().size(), 3U);
  const Fingerprint& first = database->fingerprints()[0];
  EXPECT_EQ(first.name, "Hive OS 1.0");
  EXPECT_EQ(first.vendor, "Hive");
  EXPECT_EQ(first.family, "HiveOS");
  EXPECT_EQ(first.find(NmapTest::seq, "GCD")->text(), "1-6");
  EXPECT_EQ(first.find(NmapTest::t1, "Q")->text(), "");
  EXPECT_EQ(first.find(NmapTest::t1, "W"), std::nullopt) << "not in the line";
  EXPECT_EQ(first.find(NmapTest::t2, "R"), std::nullopt) << "no such line";
  EXPECT_TRUE(first.is_silent(NmapTest::ops));
  EXPECT_FALSE(first.is_silent(NmapTest::t1));
}

TEST(FingerprintDatabaseTest, SurvivesBeingMoved) {
  auto database = parse_fingerprints(two_entries);
  ASSERT_TRUE(database);
  const FingerprintDatabase moved = *std::move(database);
  ASSERT_TRUE(moved.find("Hive OS 2.0 (wax build)"));
  EXPECT_EQ(moved.find("Hive OS 2.0 (wax build)")->fingerprint->name, "Hive OS 2.0 (wax build)");
}

TEST(FingerprintDatabaseTest, TellsTheFirstLineItCannotRead) {
  struct Case {
    const char* name;
    const char* text;
    std::size_t line;
    const char* message;
  };
  for (const Case& c : {
           Case{"a test before any entry", "\nT1(R=Y)\n", 2, "a Fingerprint line must come first"},
           Case{"an entry without name", "Fingerprint \n", 1, "a Fingerprint line needs a name"},
           Case{"an unknown test", "Fingerprint a\nT9(R=Y)\n", 2, "unknown line \"T9\""},
           Case{"no parenthesis", "Fingerprint a\nT1 R=Y\n", 2,
                "T1 must be followed by attributes in parentheses"},
           Case{"a parenthesis not closed", "Fingerprint a\nT1(R=Y\n", 2,
                "T1 must be followed by attributes in parentheses"},
           Case{"an attribute without value", "Fingerprint a\nT1(R=Y%DF)\n", 2,
                "T1: \"DF\" is not ATTRIBUTE=VALUES"},
           Case{"a test twice", "Fingerprint a\nT1(R=Y)\nT1(R=N)\n", 3, "T1 is given twice"},
       }) {
    SCOPED_TRACE(c.name);
    const auto database = parse_fingerprints(c.text);
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().line, c.line);
    EXPECT_EQ(database.error().message, c.message);
  }
}

TEST(FingerprintDatabaseTest, ReadsLinesThatEndAsOnWindows) {
  const auto database = parse_fingerprints("Fingerprint a\r\nT1(R=Y)\r\n");
  ASSERT_TRUE(database);
  EXPECT_EQ(database->fingerprints()[0].name, "a");
}

TEST(FingerprintDatabaseTest, FindsByTheExactName) {
  const auto database = parse_fingerprints(two_entries);
  ASSERT_TRUE(database);
  const auto found = database->find("Hive OS 2.0 (wax build)");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->fingerprint, &database->fingerprints()[1]);
  EXPECT_FALSE(found->by_alias);
  EXPECT_FALSE(database->find("hive os 2.0 (wax build)"));
}

TEST(FingerprintDatabaseTest, FindsEachOfSeveralWithOneName) {
  const auto database = parse_fingerprints(two_entries);
  ASSERT_TRUE(database);
  struct Case {
    const char* name;
    const char* asked;
    std::optional<std::size_t> index;
  };
  for (const Case& c : {
           Case{"the first by number", "Hive OS 1.0 #1", 0},
           Case{"the second by number", "Hive OS 1.0 #2", 2},
           Case{"no third", "Hive OS 1.0 #3", std::nullopt},
           Case{"no zeroth", "Hive OS 1.0 #0", std::nullopt},
           Case{"no number", "Hive OS 1.0 #two", std::nullopt},
           Case{"by line", "@15", 1},
           Case{"a line inside an entry", "@16", std::nullopt},
           Case{"a line past the end", "@999", std::nullopt},
           Case{"no line", "@", std::nullopt},
       }) {
    SCOPED_TRACE(c.name);
    const auto found = database->find(c.asked);
    ASSERT_EQ(found.has_value(), c.index.has_value());
    if (!c.index) continue;
    EXPECT_EQ(found->fingerprint, &database->fingerprints()[*c.index]);
    EXPECT_FALSE(found->by_alias);
  }
}

TEST(FingerprintDatabaseTest, OfOneNamePrefersTheOneThatAnswersMost) {
  const auto database = parse_fingerprints(
      "Fingerprint a\nIE(R=N)\nU1(R=N)\nFingerprint a\nIE(R=N)\nFingerprint a\nIE(R=N)\n");
  ASSERT_TRUE(database);
  EXPECT_EQ(database->find("a")->fingerprint, &database->fingerprints()[1]);
}

TEST(FingerprintDatabaseTest, FollowsOldNamesToTodays) {
  const auto database = parse_fingerprints("Fingerprint Sun Solaris 9\nT1(R=Y)\n");
  ASSERT_TRUE(database);
  const auto found = database->find("Solaris 9");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->by_alias);
  EXPECT_EQ(found->fingerprint->name, "Sun Solaris 9");
  EXPECT_FALSE(database->find("IRIX 6.5.15m on SGI 02")) << "today's name is not in this database";
}

TEST(FingerprintDatabaseTest, KnowsTheNamesOfThePaper) {
  EXPECT_TRUE(find_alias("Cisco 7206 running IOS 11.1(24)"));
  EXPECT_TRUE(find_alias("NetBSD 1.5.2 running on a Commodore Amiga (68040 processor)"));
  EXPECT_FALSE(find_alias("Hive OS 1.0"));
}

TEST(FingerprintDatabaseTest, GuessesWhatWasMeant) {
  const auto database = parse_fingerprints(
      "Fingerprint Linux 2.4.20\nFingerprint Linux 2.6.32\nFingerprint Microsoft Windows XP SP2\n"
      "Fingerprint Sun Solaris 9\n");
  ASSERT_TRUE(database);
  struct Case {
    const char* name;
    const char* asked;
    const char* likest;
  };
  for (const Case& c : {
           Case{"a wrong letter", "Linux 2.4.2O", "Linux 2.4.20"},
           Case{"other case", "linux 2.6.32", "Linux 2.6.32"},
           Case{"a word left out", "Windows XP SP2", "Microsoft Windows XP SP2"},
           Case{"words in another order", "Solaris 9 (Sun)", "Sun Solaris 9"},
       }) {
    SCOPED_TRACE(c.name);
    const auto names = database->nearest_names(c.asked);
    ASSERT_EQ(names.size(), 3U);
    EXPECT_EQ(names[0], c.likest);
  }
}

}  // namespace
}  // namespace apiary
