#pragma once

#include <string>
#include <string_view>

#include "base/numbers.h"
#include "config/source_text.h"
#include "honeynet/host_template.h"

namespace apiary {

/// The name of a template in a statement, `default`, or the address of a bound host, which stands
/// for a template of that host only.
using TemplateName = Located<std::string_view>;

/// The action of a port as a statement has it.
struct ActionSpec {
  PortAction action;               // Open for an unknown internal service
  bool is_tarpit = false;          // `tarpit` precedes the action
  std::string unknown_internal{};  // name of an unknown internal service; empty: none
};

/// The effect of `spec` for a port of `protocol`. A tarpit never runs a service, as it accepts no
/// data.
inline PortAction effect_of(const ActionSpec& spec, IpProtocol protocol) {
  const bool takes_connections = !std::holds_alternative<Block>(spec.action) &&
                                 !std::holds_alternative<Reset>(spec.action) &&
                                 protocol == IpProtocol::tcp;
  return spec.is_tarpit && takes_connections ? PortAction{TarpitAction{}} : spec.action;
}

/// The ports from `first` to `last`, inclusive.
struct PortRange {
  Port first, last;
  bool operator==(const PortRange&) const = default;
};

}  // namespace apiary
