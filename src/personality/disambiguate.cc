#include "personality/disambiguate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "personality/compile.h"

namespace apiary {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

/// Attributes that may be narrowed: not the TTL, which real systems share, nor whether to reply.
bool may_choose(std::string_view attribute) { return !is_one_of(attribute, {"R", "T", "TG"}); }

bool is_counted(std::string_view id_class) { return is_one_of(id_class, {"I", "BI", "RI"}); }

/// Whether a personality of `entry` can show that alternative reliably.
bool is_usable(const Fingerprint& entry, NmapTest test, std::string_view attribute,
               std::string_view alternative) {
  if (is_one_of(attribute, {"TI", "CI", "II"})) {
    if (!is_one_of(alternative, {"I", "Z", "BI", "RI", "RD"})) return false;
    if (attribute == "II" && alternative == "RD") return false;
    return attribute == "CI" || !entry.find(NmapTest::seq, "SS") || is_counted(alternative);
  }
  if (test == NmapTest::t1 && attribute == "F")
    return alternative.find('S') != std::string_view::npos;
  const bool answers_syn = test == NmapTest::ops || test == NmapTest::win || test == NmapTest::ecn;
  if (answers_syn && attribute.starts_with('O'))
    return alternative.find('M') != std::string_view::npos;
  if (answers_syn && attribute.starts_with('W')) return alternative != "0";
  return true;
}

/// The alternatives that may be chosen; nothing if there are none.
std::optional<std::string> usable_part(const Fingerprint& entry, NmapTest test,
                                       std::string_view attribute,
                                       const MatchExpression& expression) {
  std::vector<std::string_view> usable;
  for (const std::string_view alternative : expression.alternatives())
    if (is_usable(entry, test, attribute, alternative)) usable.push_back(alternative);
  if (usable.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(usable, "|"));
}

bool is_isn_measure(std::string_view attribute) { return is_one_of(attribute, {"SP", "ISR"}); }

/// The widest range only, since Nmap's measurements are noisy.
std::string widest(const std::string& expression) {
  const auto ranges = MatchExpression(expression).ranges();
  const auto width = [](const NumberRange& range) { return range.high - range.low; };
  const NumberRange best = *std::ranges::max_element(ranges, {}, width);
  return fmt::format("{:X}-{:X}", best.low, best.high);
}

/// The cost of narrowing `whole` to `part`: low if the most common value stays.
double cost_of(std::string_view attribute, const MatchExpression& whole,
               const MatchExpression& part) {
  if (is_isn_measure(attribute)) {
    const NumberRange range = part.ranges().front();
    const std::uint32_t width = range.high - range.low;
    return width >= 6 ? 1 : width >= 4 ? 2 : width >= 2 ? 5 : 10;
  }
  if (attribute == "GCD") return part.accepts("1") ? 0.1 : 4;
  return part.alternatives().front() == whole.alternatives().front() ? 0.1 : 1;
}

struct Choice {
  NmapTest test = NmapTest::seq;
  std::string attribute, expression;
  double cost = std::numeric_limits<double>::max();
};

using Entries = std::vector<const Fingerprint*>;

/// Removes the entries that do not accept the choice.
void keep_mistakable(Entries& others, const Choice& choice) {
  std::erase_if(others, [&](const Fingerprint* other) {
    const auto theirs = other->find(choice.test, choice.attribute);
    return theirs && !theirs->overlaps(MatchExpression(choice.expression));
  });
}

/// Calls `visit` with each attribute of `fingerprint` that may be narrowed.
template <class Visit>
void for_each_choosable(const Fingerprint& fingerprint, Visit&& visit) {
  for (std::size_t i = 0; i < nmap_test_count; ++i) {
    const auto test = static_cast<NmapTest>(i);
    if (!fingerprint.has(test) || fingerprint.is_silent(test)) continue;
    for (std::string_view rest = *fingerprint.tests[i]; !rest.empty();) {
      const std::string_view item = rest.substr(0, rest.find('%'));
      rest.remove_prefix(std::min(item.size() + 1, rest.size()));
      const std::size_t equals = item.find('=');
      if (equals == std::string_view::npos) continue;
      const std::string_view attribute = item.substr(0, equals), value = item.substr(equals + 1);
      const bool is_free = value.find_first_of("|-<>") != std::string_view::npos;
      if (is_free && may_choose(attribute)) visit(test, attribute, MatchExpression(value));
    }
  }
}

/// Finds the choice that distinguishes `fingerprint` from the most of `others`, at least one.
Choice best_choice(const Fingerprint& fingerprint, const Entries& others) {
  Choice best;
  for_each_choosable(
      fingerprint, [&](NmapTest test, std::string_view attribute, const MatchExpression& whole) {
        const auto usable = usable_part(fingerprint, test, attribute, whole);
        if (!usable) return;
        const auto theirs = others.front()->find(test, attribute);
        auto part = theirs ? MatchExpression(*usable).without(*theirs) : std::nullopt;
        if (!part) return;
        if (is_isn_measure(attribute)) part = widest(*part);
        Choice choice{test, std::string(attribute), *part, 0};
        if (test == NmapTest::seq) {
          NarrowedFingerprint trial(fingerprint);
          trial.replace(test, attribute, *part);
          choice.cost += 5 * isn_misfit(trial.fingerprint());
        }
        choice.cost += cost_of(attribute, whole, MatchExpression(*part));
        Entries left = others;
        keep_mistakable(left, choice);
        choice.cost /= static_cast<double>(others.size() - left.size());
        if (choice.cost < best.cost) best = std::move(choice);
      });
  return best;
}

constexpr double highest_cost = 12;

}  // namespace

void NarrowedFingerprint::replace(NmapTest test, std::string_view attribute,
                                  std::string_view expression) {
  const std::string_view old = *fingerprint_.tests[static_cast<std::size_t>(test)];
  const auto value = fingerprint_.find(test, attribute)->text();
  const auto start = static_cast<std::size_t>(value.data() - old.data());
  replace_line(test, fmt::format("{}{}{}", old.substr(0, start), expression,
                                 old.substr(start + value.size())));
}

void NarrowedFingerprint::replace_line(NmapTest test, std::string line) {
  const auto i = static_cast<std::size_t>(test);
  texts_[i] = std::make_shared<const std::string>(std::move(line));
  fingerprint_.tests[i] = *texts_[i];
}

NarrowedFingerprint disambiguate(const Fingerprint& entry, const FingerprintIndex& index) {
  NarrowedFingerprint narrowed(entry);
  Entries others = index.overlapping(entry);
  std::erase_if(others, [&](const Fingerprint* other) { return other->name == entry.name; });
  while (!others.empty()) {
    const Choice choice = best_choice(narrowed.fingerprint(), others);
    if (choice.cost > highest_cost) {
      others.erase(others.begin());  // the two cannot be distinguished
      continue;
    }
    narrowed.replace(choice.test, choice.attribute, choice.expression);
    keep_mistakable(others, choice);
  }
  return narrowed;
}

}  // namespace apiary
