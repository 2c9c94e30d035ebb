// Tests with the fingerprints of the installed Nmap, if any. They only read them.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "base/random.h"
#include "personality/aliases.h"
#include "personality/disambiguate.h"
#include "personality/fingerprint_database.h"
#include "personality/testing/nmap_model.h"

namespace apiary {
namespace {

constexpr const char* path = "/usr/share/nmap/nmap-os-db";

class InstalledDatabaseTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(path);
    if (!file) {
      std::cout << "\n*** SKIPPED: " << path << " is absent; apt install nmap-common ***\n\n";
      GTEST_SKIP() << path << " is absent";
    }
    std::ostringstream text;
    text << file.rdbuf();
    const auto start = std::chrono::steady_clock::now();
    auto parsed = parse_fingerprints(std::move(text).str());
    parse_time_ = std::chrono::steady_clock::now() - start;
    ASSERT_EQ(parsed.errors().lines, 0U) << "line " << parsed.errors().first.front().line;
    database_ = std::move(parsed);
  }

  FingerprintDatabase database_;
  std::chrono::duration<double> parse_time_{};
};

TEST_F(InstalledDatabaseTest, IsReadWithoutComplaints) {
  std::cout << fmt::format("{} fingerprints read in {:.1f} ms\n", database_.fingerprints().size(),
                           parse_time_.count() * 1e3);
  EXPECT_GT(database_.fingerprints().size(), 5000U);
  for (const Fingerprint& fingerprint : database_.fingerprints())
    for (std::size_t i = 0; i < nmap_test_count; ++i)
      EXPECT_TRUE(fingerprint.has(static_cast<NmapTest>(i)) || i == 12) << fingerprint.name;
}

TEST_F(InstalledDatabaseTest, HasTheTargetOfEachAlias) {
  for (const Alias& alias : all_aliases()) {
    SCOPED_TRACE(alias.old_name);
    const auto found = database_.find(alias.old_name);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->by_alias);
    EXPECT_EQ(found->fingerprint->name, alias.name);
    EXPECT_FALSE(found->fingerprint->is_silent(NmapTest::t1));
  }
}

/// Nmap's measurements as an entry that accepts only these.
NarrowedFingerprint entry_of(const nmap_model::Observation& observation) {
  Fingerprint empty;

  NarrowedFingerprint entry(empty);
  for (std::size_t i = 0; i < nmap_test_count; ++i) {
    std::string text;
    for (const auto& [attribute, value] : observation.tests[i])
      text += fmt::format("{}{}={}", text.empty() ? "" : "%", attribute, value);
    entry.replace_line(static_cast<NmapTest>(i), text);
  }
  return entry;
}

TEST_F(InstalledDatabaseTest, PersonalitiesMatchTheirFingerprints) {
  constexpr Instant start{seconds{1'790'000'000}};
  const bool list_misses = std::getenv("APIARY_LIST_MISSES") != nullptr;
  std::map<std::string, int> missed;
  std::size_t right = 0, right_but_for_isns = 0, listed = 0, alone = 0;
  const FingerprintIndex index(database_);
  for (std::size_t i = 0; i < database_.fingerprints().size(); ++i) {
    const Fingerprint& fingerprint = database_.fingerprints()[i];
    const NarrowedFingerprint narrowed = disambiguate(fingerprint, index);
    const Personality personality = compile_personality(narrowed.fingerprint());
    const auto observation = nmap_model::observe(personality, mix_bits(i), start);
    const auto wrong = nmap_model::disagreements(fingerprint, observation);
    if (wrong.empty()) ++right;
    const NarrowedFingerprint seen = entry_of(observation);
    std::set<std::string_view> names;
    for (const Fingerprint* other : index.overlapping(seen.fingerprint()))
      names.insert(other->name);
    listed += names.contains(fingerprint.name) ? 1U : 0U;
    if (names.contains(fingerprint.name) && names.size() == 1) ++alone;
    if (names.size() > 1 && list_misses)
      std::cout << fingerprint.line << ' ' << fingerprint.name << ": also "
                << fmt::format("{}", fmt::join(names, "; ")) << '\n';
    bool only_isn = true;
    for (const std::string& item : wrong) {
      const std::string attribute = item.substr(0, item.find(':'));
      ++missed[attribute];
      only_isn &= attribute == "SEQ.SP" || attribute == "SEQ.ISR" || attribute == "SEQ.GCD";
      if (list_misses)
        std::cout << fingerprint.line << ' ' << fingerprint.name << ": " << item << '\n';
    }
    if (only_isn) ++right_but_for_isns;
  }
  const auto share = [&](std::size_t count) {
    return 100.0 * static_cast<double>(count) /
           static_cast<double>(database_.fingerprints().size());
  };
  std::cout << fmt::format(
      "all attributes inside: {} of {} fingerprints ({:.2f} %), {:.2f} % but for ISNs\n", right,
      database_.fingerprints().size(), share(right), share(right_but_for_isns));
  std::cout << fmt::format("listed: {} ({:.2f} %); as the only name: {} ({:.2f} %)\n", listed,
                           share(listed), alone, share(alone));
  for (const auto& [attribute, count] : missed)
    std::cout << fmt::format("  {} {}\n", attribute, count);
  EXPECT_GE(share(right), 98.5);
  EXPECT_GE(share(alone), 97.6);
}

}  // namespace
}  // namespace apiary
