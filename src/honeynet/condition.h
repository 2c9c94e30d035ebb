#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/address.h"
#include "base/time.h"

namespace apiary {

/// The name of the visitor's operating system, identified by its SYN, begins with these words.
struct FromSystem {
  std::string name;
};
/// The visitor's address lies in `network`.
struct FromNetwork {
  IpPrefix network;
};
/// The daemon's local time of day is in [from, to). If from > to, the span crosses midnight. Both
/// are less than a day.
struct AtTime {
  Duration from{}, to{};
};
/// The packet is of `protocol`.
struct OfProtocol {
  IpProtocol protocol = IpProtocol::tcp;
};
/// No earlier condition applied.
struct Otherwise {};

/// The condition under which a dynamic template selects a choice.
using Condition = std::variant<FromSystem, FromNetwork, AtTime, OfProtocol, Otherwise>;

/// Input to condition matching: visitor address, protocol, time of day.
struct MatchContext {
  IpAddress visitor;
  std::uint8_t protocol = 0;  // IP protocol number
  Duration time_of_day{};     // since local midnight
  std::string_view system{};  // the visitor's; empty: unknown
};

/// The time since local midnight at `now`; `ahead_of_utc` is the offset from UTC.
Duration time_of_day(Instant now, Duration ahead_of_utc);

/// Whether `name` begins with the whole words `words`, ignoring case: "linux 2.6" matches "Linux
/// 2.6.x" but not "Linux 2.60". Empty `words` match nothing.
bool begins_with_words(std::string_view name, std::string_view words);

/// Whether the condition applies.
bool holds(const Condition& condition, const MatchContext& context);

}  // namespace apiary
