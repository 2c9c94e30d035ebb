#pragma once

#include <string>
#include <string_view>

#include "base/numbers.h"
#include "config/source_text.h"
#include "honeynet/host_template.h"

namespace apiary {

/// The name of a template as a statement mentions it; `default` is one, too, and so is the address
/// of a bound host, which stands for a template of that host alone.
using TemplateName = Located<std::string_view>;

/// What is to happen to packets for a port, as a statement says it.
struct ActionSpec {
  PortAction action;               // of an internal service that we have not: Open
  bool is_tarpit = false;          // as slowly as can be
  std::string unknown_internal{};  // its name; empty: none
};

/// What `spec` comes to for a port of `protocol`: a port that holds visitors up needs no service,
/// as none would ever be heard.
inline PortAction effect_of(const ActionSpec& spec, IpProtocol protocol) {
  const bool takes_connections = !std::holds_alternative<Block>(spec.action) &&
                                 !std::holds_alternative<Reset>(spec.action) &&
                                 protocol == IpProtocol::tcp;
  return spec.is_tarpit && takes_connections ? PortAction{TarpitAction{}} : spec.action;
}

/// The ports from `first` to `last`, both included.
struct PortRange {
  Port first, last;
  bool operator==(const PortRange&) const = default;
};

}  // namespace apiary
