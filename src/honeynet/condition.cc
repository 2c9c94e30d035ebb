#include "honeynet/condition.h"

#include "base/overloaded.h"

namespace apiary {

Duration time_of_day(Instant now, Duration ahead_of_utc) {
  constexpr Duration day = hours{24};
  const Duration within = (now.time_since_epoch() + ahead_of_utc) % day;
  return within < Duration::zero() ? within + day : within;
}

bool holds(const Condition& condition, const MatchContext& context) {
  return std::visit(
      overloaded{[](const FromSystem&) { return false; },
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
