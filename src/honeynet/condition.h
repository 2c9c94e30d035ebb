#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/address.h"
#include "base/time.h"

namespace apiary {

/// The name of the visitor's operating system, as its SYN shows, begins with these words.
struct FromSystem {
  std::string name;
};
/// The visitor's address lies in `network`.
struct FromNetwork {
  IpPrefix network;
};
/// The daemon's local time of day lies in [from, to); a span with from > to crosses midnight. Both
/// less than a day.
struct AtTime {
  Duration from{}, to{};
};
/// The packet is of `protocol`.
struct OfProtocol {
  IpProtocol protocol = IpProtocol::tcp;
};
/// Nothing before it applied.
struct Otherwise {};

/// When a dynamic template is a certain other one.
using Condition = std::variant<FromSystem, FromNetwork, AtTime, OfProtocol, Otherwise>;

/// Input to condition matching: visitor address, protocol, time of day.
struct MatchContext {
  IpAddress visitor;
  std::uint8_t protocol = 0;  // of IP
  Duration time_of_day{};     // since midnight, where the daemon is
  std::string_view system{};  // the visitor's; empty: unknown
};

/// The time since midnight at `now`, where clocks are `ahead_of_utc`.
Duration time_of_day(Instant now, Duration ahead_of_utc);

/// Whether `name` begins with all of `words`, in whatever case: "Linux 2.6.x" with "linux 2.6", and
/// not "Linux 2.60" with it. Nothing begins with no words.
bool begins_with_words(std::string_view name, std::string_view words);

/// Whether it applies.
bool holds(const Condition& condition, const MatchContext& context);

}  // namespace apiary
