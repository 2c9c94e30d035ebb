#include "personality/fingerprint_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "personality/aliases.h"
#include "personality/first_generation.h"
#include "personality/likeness.h"

namespace apiary {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Takes the part of `text` before `separator` off it, and the separator.
std::string_view take_until(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

std::optional<std::size_t> parse_decimal(std::string_view text) {
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return number;
}

/// Reads the lines one after another into fingerprints; a message for a line that fits nowhere.
class FingerprintReader {
 public:
  FingerprintReader(std::vector<Fingerprint>& fingerprints, std::deque<std::string>& translated)
      : fingerprints_(fingerprints), translated_(translated) {}

  std::optional<std::string> read_line(std::size_t number, std::string_view line) {
    if (line.empty() || line[0] == '#') return std::nullopt;
    const std::string_view word = line.substr(0, line.find_first_of(" \t("));
    const std::string_view rest = trim(line.substr(word.size()));
    if (word == "Fingerprint") return begin_fingerprint(number, rest);
    if (word == "MatchPoints") return begin_match_points();
    if (in_match_points_) return std::nullopt;
    if (fingerprints_.empty()) return "a Fingerprint line must come first";
    if (word == "Class") return read_class(rest);
    if (word == "CPE") return std::nullopt;
    return read_test(word, rest);
  }

 private:
  std::optional<std::string> begin_fingerprint(std::size_t number, std::string_view name) {
    in_match_points_ = false;
    if (name.empty()) return "a Fingerprint line needs a name";
    Fingerprint& fingerprint = fingerprints_.emplace_back();
    fingerprint.name = name;
    fingerprint.line = number;
    return std::nullopt;
  }

  std::optional<std::string> begin_match_points() {
    in_match_points_ = true;
    return std::nullopt;
  }

  std::optional<std::string> read_class(std::string_view fields) {
    Fingerprint& fingerprint = fingerprints_.back();
    if (!fingerprint.vendor.empty()) return std::nullopt;
    fingerprint.vendor = trim(take_until(fields, '|'));
    fingerprint.family = trim(take_until(fields, '|'));
    fingerprint.generation = trim(take_until(fields, '|'));
    return std::nullopt;
  }

  std::optional<std::string> read_test(std::string_view word, std::string_view rest) {
    const auto test = nmap_test(word);
    if (rest.size() >= 2 && is_first_generation(word, rest.substr(1, rest.size() - 2)))
      return add_first_generation(word, rest.substr(1, rest.size() - 2), fingerprints_.back(),
                                  translated_);
    if (!test) return fmt::format("unknown line \"{}\"", word);
    if (rest.size() < 2 || rest.front() != '(' || rest.back() != ')')
      return fmt::format("{} must be followed by attributes in parentheses", word);
    auto& attributes = fingerprints_.back().tests[static_cast<std::size_t>(*test)];
    if (attributes) return fmt::format("{} is given twice", word);
    attributes = rest.substr(1, rest.size() - 2);
    for (std::string_view items = *attributes; !items.empty();) {
      const std::string_view item = take_until(items, '%');
      if (item.empty() || item[0] == '=' || item.find('=') == std::string_view::npos)
        return fmt::format("{}: \"{}\" is not ATTRIBUTE=VALUES", word, item);
    }
    return std::nullopt;
  }

  std::vector<Fingerprint>& fingerprints_;
  std::deque<std::string>& translated_;
  bool in_match_points_ = false;
};

/// How many of the probes that every unfiltered machine answers it was silent to.
std::ptrdiff_t silences(const Fingerprint& fingerprint) {
  constexpr std::array answered = {NmapTest::seq, NmapTest::ecn, NmapTest::t1, NmapTest::t4,
                                   NmapTest::t5,  NmapTest::t6,  NmapTest::u1, NmapTest::ie};
  return std::ranges::count_if(answered,
                               [&](NmapTest test) { return fingerprint.is_silent(test); });
}

}  // namespace

tl::expected<FingerprintDatabase, FingerprintError> parse_fingerprints(std::string text) {
  FingerprintDatabase database;
  database.text_ = std::make_unique<const std::string>(std::move(text));

  database.translated_ = std::make_unique<std::deque<std::string>>();
  FingerprintReader reader(database.fingerprints_, *database.translated_);
  std::string_view rest = *database.text_;
  for (std::size_t line = 1; !rest.empty(); ++line)
    if (auto message = reader.read_line(line, trim(take_until(rest, '\n'))))
      return tl::unexpected(FingerprintError{line, *std::move(message)});

  const auto& all = database.fingerprints_;
  database.by_name_.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto [known, is_new] = database.by_name_.try_emplace(all[i].name, i);
    if (!is_new && silences(all[i]) < silences(all[known->second])) known->second = i;
  }
  return database;
}

const Fingerprint* FingerprintDatabase::find_at_line(std::size_t line) const {
  const auto found = std::ranges::lower_bound(fingerprints_, line, {}, &Fingerprint::line);
  return found == fingerprints_.end() || found->line != line ? nullptr : &*found;
}

const Fingerprint* FingerprintDatabase::find_numbered(std::string_view name,
                                                      std::size_t number) const {
  for (const Fingerprint& fingerprint : fingerprints_)
    if (fingerprint.name == name && number-- == 1) return &fingerprint;
  return nullptr;
}

std::optional<FoundFingerprint> FingerprintDatabase::find(std::string_view name) const {
  if (const auto found = by_name_.find(name); found != by_name_.end())
    return FoundFingerprint{&fingerprints_[found->second], false};
  const std::size_t sign = name.rfind(" #");
  const Fingerprint* one = nullptr;
  if (name.starts_with('@')) {
    if (const auto line = parse_decimal(name.substr(1))) one = find_at_line(*line);
  } else if (sign != std::string_view::npos) {
    const auto number = parse_decimal(name.substr(sign + 2));
    if (number && *number > 0) one = find_numbered(name.substr(0, sign), *number);
  }
  if (one != nullptr) return FoundFingerprint{one, false};
  const auto target = find_alias(name);
  if (!target) return std::nullopt;
  const auto found = by_name_.find(*target);
  if (found == by_name_.end()) return std::nullopt;
  return FoundFingerprint{&fingerprints_[found->second], true};
}

std::vector<std::string_view> FingerprintDatabase::nearest_names(std::string_view name,
                                                                 std::size_t count) const {
  struct Scored {
    double likeness;
    std::size_t index;
  };
  std::vector<Scored> scored;
  const Likeness likeness(name);
  for (const auto& [other, index] : by_name_) scored.push_back({likeness.to(other), index});
  count = std::min(count, scored.size());
  std::ranges::partial_sort(scored, scored.begin() + static_cast<std::ptrdiff_t>(count),
                            [](const Scored& a, const Scored& b) {
                              return a.likeness != b.likeness ? a.likeness > b.likeness
                                                              : a.index < b.index;
                            });
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(fingerprints_[scored[i].index].name);
  return names;
}

}  // namespace apiary
