#include "personality/fingerprint_index.h"

#include <algorithm>

namespace apiary {
namespace {

// The most distinguishing first.
constexpr std::array<NmapTest, nmap_test_count> order = {
    NmapTest::ops, NmapTest::win, NmapTest::t1, NmapTest::ecn, NmapTest::u1,
    NmapTest::t3,  NmapTest::t2,  NmapTest::t4, NmapTest::t5,  NmapTest::t6,
    NmapTest::t7,  NmapTest::ie,  NmapTest::seq};

/// Nmap never records silence for these tests.
bool is_summary(NmapTest test) {
  return test == NmapTest::seq || test == NmapTest::ops || test == NmapTest::win;
}

}  // namespace

FingerprintIndex::FingerprintIndex(const FingerprintDatabase& database)
    : entries_(database.fingerprints()) {
  for (std::size_t test = 0; test < nmap_test_count; ++test) {
    std::unordered_map<std::string_view, std::uint16_t> known;
    Lines& all = tests_[test];
    all.of_entry.reserve(entries_.size());
    for (const Fingerprint& entry : entries_) {
      const auto& text = entry.tests[test];
      if (!text || all.lines.size() == none) {
        all.of_entry.push_back(none);
        continue;
      }
      const auto [found, is_new] =
          known.try_emplace(*text, static_cast<std::uint16_t>(all.lines.size()));
      if (is_new) all.lines.push_back(parse(*text));
      all.of_entry.push_back(found->second);
    }
  }
}

FingerprintIndex::Line FingerprintIndex::parse(std::string_view text) {
  Line line;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find('%'));
    const std::size_t equals = std::min(item.find('='), item.size());
    line.push_back({item.substr(0, equals), item.substr(std::min(equals + 1, item.size()))});
    text.remove_prefix(std::min(item.size() + 1, text.size()));
  }
  return line;
}

bool FingerprintIndex::can_match(NmapTest test, const Line& mine, const Line& other,
                                 bool knows_distance) {
  const auto find = [](const Line& line, std::string_view attribute) -> const Item* {
    const auto found = std::ranges::find(line, attribute, &Item::attribute);
    return found == line.end() ? nullptr : &*found;
  };
  const Item* const answers = find(mine, "R");
  const bool is_silent = answers != nullptr && !MatchExpression(answers->expression).accepts("Y");
  if (!is_summary(test)) {
    const Item* const theirs = find(other, "R");
    if (theirs != nullptr && !MatchExpression(theirs->expression).accepts(is_silent ? "N" : "Y"))
      return false;
  }
  if (is_silent) return true;
  // Attributes that Nmap does not observe: the distance without a quotation, and a guessed TTL with
  // one.
  const std::string_view unseen = knows_distance ? "TG" : "T";
  return std::ranges::all_of(mine, [&](const Item& item) {
    if (item.attribute == "R" || item.attribute == unseen) return true;
    const Item* const theirs = find(other, item.attribute);
    return theirs == nullptr ||
           MatchExpression(item.expression).overlaps(MatchExpression(theirs->expression));
  });
}

std::vector<const Fingerprint*> FingerprintIndex::overlapping(
    const Fingerprint& fingerprint) const {
  enum Verdict : char { unknown, matches, differs };
  const bool knows_distance = fingerprint.has(NmapTest::u1) && !fingerprint.is_silent(NmapTest::u1);
  std::array<Line, nmap_test_count> mine;
  std::array<std::vector<Verdict>, nmap_test_count> verdicts;
  for (std::size_t i = 0; i < nmap_test_count; ++i) {
    if (fingerprint.tests[i]) mine[i] = parse(*fingerprint.tests[i]);
    verdicts[i].resize(tests_[i].lines.size(), unknown);
  }
  const auto can_match_entry = [&](std::size_t entry) {
    return std::ranges::all_of(order, [&](NmapTest test) {
      const auto i = static_cast<std::size_t>(test);
      const std::uint16_t line = tests_[i].of_entry[entry];
      if (line == none || !fingerprint.tests[i]) return true;
      Verdict& verdict = verdicts[i][line];
      if (verdict == unknown)
        verdict =
            can_match(test, mine[i], tests_[i].lines[line], knows_distance) ? matches : differs;
      return verdict == matches;
    });
  };
  std::vector<const Fingerprint*> found;
  for (std::size_t entry = 0; entry < entries_.size(); ++entry)
    if (can_match_entry(entry)) found.push_back(&entries_[entry]);
  return found;
}

}  // namespace apiary
