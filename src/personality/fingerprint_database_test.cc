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
  ASSERT_EQ(database.fingerprints().size(), 3U);
  const Fingerprint& first = database.fingerprints()[0];
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
  const FingerprintDatabase moved = std::move(database);
  ASSERT_TRUE(moved.find("Hive OS 2.0 (wax build)"));
  EXPECT_EQ(moved.find("Hive OS 2.0 (wax build)")->fingerprint->name, "Hive OS 2.0 (wax build)");
}

TEST(FingerprintDatabaseTest, SkipsAnEntryWithABadLineAndNamesTheLine) {
  struct Case {
    const char* name;
    const char* text;
    std::size_t line;
    const char* message;
    const char* names;  // of the remaining entries
  };
  for (const Case& c : {
           Case{"a test before any entry", "\nT1(R=Y)\nFingerprint b\nT1(R=Y)\n", 2,
                "\"T1\" is not a Fingerprint line, and none precedes it", "b"},
           Case{"an entry without name", "Fingerprint \nT1(R=Y)\nFingerprint b\nT1(R=Y)\n", 1,
                "a Fingerprint line needs a name", "b"},
           Case{"an unknown test", "Fingerprint a\nT9(R=Y)\nFingerprint b\nT1(R=Y)\n", 2,
                "\"T9\" is not a test of Nmap's", "b"},
           Case{"no line of a fingerprint",
                "Fingerprint a\nT1(R=Y)\nSystem: a\nFingerprint b\nT1(R=Y)\n", 3,
                "\"System:\" is not a line of a fingerprint", "b"},
           Case{"no parenthesis", "Fingerprint a\nT1 R=Y\nFingerprint b\nT1(R=Y)\n", 2,
                "T1 must be followed by attributes in parentheses", "b"},
           Case{"a parenthesis not closed", "Fingerprint b\nT1(R=Y)\n\nFingerprint a\nT1(R=Y%DF=",
                5, "T1 must be followed by attributes in parentheses", "b"},
           Case{"an attribute without value", "Fingerprint a\nT1(R=Y%DF)\n", 2,
                "T1: \"DF\" is not ATTRIBUTE=VALUES", ""},
           Case{"a test twice", "Fingerprint a\nT1(R=Y)\nT1(R=N)\n\nFingerprint b\nT1(R=Y)\n", 3,
                "T1 is given twice", "b"},
           Case{"a name and the end", "Fingerprint b\nT1(R=Y)\nFingerprint a\nClass A | B || C\n",
                3, "\"a\" has no tests", "b"},
           Case{"text behind the entries", "Fingerprint b\nT1(R=Y)\n\n-- \nthe end\n", 4,
                "\"--\" is not a line of a fingerprint", "b"},
           Case{"how Nmap scanned, first generation",
                "Fingerprint a\nSInfo(V=3.48%P=i686%D=7/1)\nT1(Resp=N)\nFingerprint b\nT1(R=Y)\n",
                2, "SInfo says how Nmap scanned, not how the system answers; it is left out",
                "a b"},
           Case{"how Nmap scanned", "Fingerprint a\nSCAN(V=5.05%D=7/1)\nT1(R=N)\n", 2,
                "SCAN says how Nmap scanned, not how the system answers; it is left out", "a"},
           Case{"no text at all",
                "\x7f"
                "ELF\x01\nFingerprint b\nT1(R=Y)\n",
                1, "\"?ELF?\" is not a Fingerprint line, and none precedes it", "b"},
       }) {
    SCOPED_TRACE(c.name);
    const auto database = parse_fingerprints(c.text);
    std::string names;
    for (const Fingerprint& fingerprint : database.fingerprints())
      names.append(names.empty() ? "" : " ").append(fingerprint.name);
    EXPECT_EQ(names, c.names);
    ASSERT_GE(database.errors().first.size(), 1U);
    EXPECT_EQ(database.errors().first.front().line, c.line);
    EXPECT_EQ(database.errors().first.front().message, c.message);
  }
}

TEST(FingerprintDatabaseTest, ComplainsOfTheFirstBadLineOfAnEntry) {
  const auto database =
      parse_fingerprints("Fingerprint a\nT8(x)\nT9(y)\nT1(R=Y)\nFingerprint b\nT1(R=Y)");
  EXPECT_EQ(database.errors().lines, 1U);
  EXPECT_EQ(database.errors().skipped_entries, 1U);
  ASSERT_EQ(database.fingerprints().size(), 1U);
  EXPECT_EQ(database.fingerprints()[0].line, 5U);
}

TEST(FingerprintDatabaseTest, KeepsTheFirstComplaintsAndCountsAll) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "Fingerprint a\nT9(R=Y)\n";
  const auto database = parse_fingerprints(text);
  EXPECT_EQ(database.errors().first.size(), FingerprintErrors::max_shown);
  EXPECT_EQ(database.errors().lines, 1000U);
  EXPECT_EQ(database.errors().skipped_entries, 1000U);
}

TEST(FingerprintDatabaseTest, ReadsTheFirstLineOfDatabasesSinceNmap795) {
  const auto database = parse_fingerprints(
      "\xef\xbb\xbf# Fingerprints\r\nThis nmap-os-db is only valid for Nmap 7.94.2 and later\r\n"
      "\r\nMatchPoints\r\nSEQ(SP=25)\r\n\r\nFingerprint a\r\nT1(R=Y)\r\n");
  EXPECT_EQ(database.errors().lines, 0U);
  ASSERT_EQ(database.fingerprints().size(), 1U);
  EXPECT_EQ(database.fingerprints()[0].tests[static_cast<std::size_t>(NmapTest::t1)], "R=Y");
}

TEST(FingerprintDatabaseTest, IgnoresRemarksAfterATest) {
  const auto database =
      parse_fingerprints("Fingerprint a\nTSeq(Class=RI%gcd=<6)  # all colors (!\n");
  EXPECT_EQ(database.errors().lines, 0U);
  EXPECT_EQ(database.fingerprints().size(), 1U);
}

TEST(FingerprintDatabaseTest, KeepsAllClassLines) {
  const auto database = parse_fingerprints(two_entries);
  EXPECT_EQ(database.fingerprints()[0].classes,
            "Class Hive | HiveOS | 1.X | general purpose\nClass Other | Thing || switch");
  EXPECT_EQ(database.fingerprints()[1].classes, "");
}

TEST(FingerprintDatabaseTest, ReadsLinesThatEndAsOnWindows) {
  const auto database = parse_fingerprints("Fingerprint a\r\nT1(R=Y)\r\n");
  EXPECT_EQ(database.fingerprints()[0].name, "a");
}

TEST(FingerprintDatabaseTest, FindsByTheExactName) {
  const auto database = parse_fingerprints(two_entries);
  const auto found = database.find("Hive OS 2.0 (wax build)");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->fingerprint, &database.fingerprints()[1]);
  EXPECT_FALSE(found->by_alias);
  EXPECT_FALSE(database.find("hive os 2.0 (wax build)"));
}

TEST(FingerprintDatabaseTest, FindsEachOfSeveralWithTheSameName) {
  const auto database = parse_fingerprints(two_entries);
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
    const auto found = database.find(c.asked);
    ASSERT_EQ(found.has_value(), c.index.has_value());
    if (!c.index) continue;
    EXPECT_EQ(found->fingerprint, &database.fingerprints()[*c.index]);
    EXPECT_FALSE(found->by_alias);
  }
}

TEST(FingerprintDatabaseTest, PrefersTheEntryThatAnswersMostProbes) {
  const auto database = parse_fingerprints(
      "Fingerprint a\nIE(R=N)\nU1(R=N)\nFingerprint a\nIE(R=N)\nFingerprint a\nIE(R=N)\n");
  EXPECT_EQ(database.find("a")->fingerprint, &database.fingerprints()[1]);
}

TEST(FingerprintDatabaseTest, FindsOldNamesByAlias) {
  const auto database = parse_fingerprints("Fingerprint Sun Solaris 9\nT1(R=Y)\n");
  const auto found = database.find("Solaris 9");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->by_alias);
  EXPECT_EQ(found->fingerprint->name, "Sun Solaris 9");
  EXPECT_FALSE(database.find("IRIX 6.5.15m on SGI 02")) << "today's name is not in this database";
}

TEST(FingerprintDatabaseTest, KnowsTheNamesOfThePaper) {
  EXPECT_TRUE(find_alias("Cisco 7206 running IOS 11.1(24)"));
  EXPECT_TRUE(find_alias("NetBSD 1.5.2 running on a Commodore Amiga (68040 processor)"));
  EXPECT_FALSE(find_alias("Hive OS 1.0"));
}

}  // namespace
}  // namespace apiary
