#pragma once

#include <string>
#include <variant>

#include "base/address.h"
#include "base/time.h"

namespace apiary {

/// The visitor's operating system, told from its packets, is called so.
struct FromSystem {
  std::string name;
};
/// The visitor's address lies in `network`.
struct FromNetwork {
  IpPrefix network;
};
/// The time of day where the daemon is lies in [from, to); a span with from > to goes over
/// midnight. Both less than a day.
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

/// What conditions are about: who comes, with what, and when.
struct MatchContext {
  IpAddress visitor;
  std::uint8_t protocol = 0;  // of IP
  Duration time_of_day{};     // since midnight, where the daemon is
};

/// The time since midnight at `now`, where clocks are `ahead_of_utc`.
Duration time_of_day(Instant now, Duration ahead_of_utc);

/// Whether it applies. FromSystem never does: nothing tells visitors' systems yet.
bool holds(const Condition& condition, const MatchContext& context);

}  // namespace apiary
