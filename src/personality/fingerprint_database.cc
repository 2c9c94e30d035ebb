#include "personality/fingerprint_database.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "personality/aliases.h"
#include "personality/path_mss.h"

namespace apiary {
namespace {

/// Removes the part of `text` up to `separator` and returns it without the separator.
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

/// The number of probes that it was silent to, of those that every unfiltered machine answers.
std::ptrdiff_t silences(const Fingerprint& fingerprint) {
  constexpr std::array answered = {NmapTest::seq, NmapTest::ecn, NmapTest::t1, NmapTest::t4,
                                   NmapTest::t5,  NmapTest::t6,  NmapTest::u1, NmapTest::ie};
  return std::ranges::count_if(answered,
                               [&](NmapTest test) { return fingerprint.is_silent(test); });
}

/// The less, the better an entry represents its name on Ethernet.
std::pair<std::ptrdiff_t, bool> misfit(const Fingerprint& fingerprint) {
  return {silences(fingerprint), !fits_ethernet(fingerprint)};
}

}  // namespace

FingerprintDatabase parse_fingerprints(std::string text) {
  FingerprintDatabase database;
  database.text_ = std::make_unique<const std::string>(std::move(text));
  database.translated_ = std::make_unique<std::deque<std::string>>();
  FingerprintReader reader(database.fingerprints_, *database.translated_, database.errors_);
  std::string_view rest = *database.text_;
  for (std::size_t line = 1; !rest.empty(); ++line) reader.read_line(line, take_until(rest, '\n'));
  reader.finish();

  const auto& all = database.fingerprints_;
  database.by_name_.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto [known, is_new] = database.by_name_.try_emplace(all[i].name, i);
    if (!is_new && misfit(all[i]) < misfit(all[known->second])) known->second = i;
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

}  // namespace apiary
