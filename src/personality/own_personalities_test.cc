// The personalities that ship with the program: sound, and our own.
#include "personality/own_personalities.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "base/random.h"
#include "personality/nmap_model.h"

namespace apiary {
namespace {

constexpr Instant start{seconds{1'790'000'000}};

TEST(OwnPersonalitiesTest, AreSeveralKindsOfMachinesWithNamesOfTheirOwn) {
  std::set<std::string_view> names, families;
  for (const Fingerprint& fingerprint : own_personalities().fingerprints()) {
    names.insert(fingerprint.name);
    families.insert(fingerprint.family);
  }
  EXPECT_EQ(names.size(), own_personalities().fingerprints().size());
  EXPECT_GE(names.size(), 8U);
  EXPECT_GE(families.size(), 6U);
  EXPECT_TRUE(names.contains("generic"));
}

TEST(OwnPersonalitiesTest, AnswerAsTheyAreWritten) {
  for (const Fingerprint& fingerprint : own_personalities().fingerprints())
    for (std::uint64_t host = 0; host < 5; ++host) {
      SCOPED_TRACE(fingerprint.name);
      const auto seen =
          nmap_model::observe(compile_personality(fingerprint), mix_bits(host), start);
      EXPECT_EQ(nmap_model::disagreements(fingerprint, seen), std::vector<std::string>{});
    }
}

TEST(OwnPersonalitiesTest, NoneIsAnEntryOfTheInstalledNmap) {
  std::ifstream file("/usr/share/nmap/nmap-os-db");
  if (!file) {
    std::cout << "\n*** SKIPPED: no nmap-os-db; apt install nmap-common ***\n\n";
    GTEST_SKIP();
  }
  std::ostringstream text;
  text << file.rdbuf();
  const auto installed = parse_fingerprints(std::move(text).str());
  ASSERT_TRUE(installed);
  for (const Fingerprint& ours : own_personalities().fingerprints())
    for (const Fingerprint& theirs : installed->fingerprints()) {
      ASSERT_NE(ours.name, theirs.name);
      std::size_t shared = 0;
      for (std::size_t i = 0; i < nmap_test_count; ++i)
        shared += ours.tests[i] == theirs.tests[i] ? 1U : 0U;
      // Lines such as T2(R=N) are everybody's.
      ASSERT_LE(shared, nmap_test_count / 2) << ours.name << " and line " << theirs.line;
    }
}

}  // namespace
}  // namespace apiary
