#include "honeynet/condition.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/overloaded.h"

namespace apiary {

Duration time_of_day(Instant now, Duration ahead_of_utc) {
  constexpr Duration day = hours{24};
  const Duration within = (now.time_since_epoch() + ahead_of_utc) % day;
  return within < Duration::zero() ? within + day : within;
}

bool begins_with_words(std::string_view name, std::string_view words) {
  if (words.empty() || name.size() < words.size()) return false;
  const auto lowered = [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (!std::equal(words.begin(), words.end(), name.begin(),
                  [&](char a, char b) { return lowered(a) == lowered(b); }))
    return false;
  const auto goes_on = [&](char last, char next) {
    return (is_digit(last) && is_digit(next)) || (is_letter(last) && is_letter(next));
  };
  return name.size() == words.size() || !goes_on(words.back(), name[words.size()]);
}

bool holds(const Condition& condition, const MatchContext& context) {
  return std::visit(
      overloaded{
          [&](const FromSystem& from) { return begins_with_words(context.system, from.name); },
          [&](const FromNetwork& from) { return from.network.contains(context.visitor); },
          [&](const AtTime& at) {
            const Duration time = context.time_of_day;
            return at.from <= at.to ? at.from <= time && time < at.to
                                    : at.from <= time || time < at.to;
          },
          [&](const OfProtocol& of) {
            return context.protocol == static_cast<std::uint8_t>(of.protocol);
          },
          [](const Otherwise&) { return true; }},
      condition);
}

}  // namespace apiary
