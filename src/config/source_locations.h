#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/address_set.h"
#include "base/numbers.h"
#include "config/source_text.h"

namespace apiary {

/// Where the traits of a template come from; a clone's may be in its original's statements.
struct TemplateLocations {
  Span created;
  std::optional<Span> personality, card, uptime, drop_rate, syn_drop_rate, seed;
  std::optional<Span> user, open_files, spoof;
  std::optional<Span> tcp_default, udp_default, icmp_default;
  std::map<std::pair<IpProtocol, Port>, Span> ports;
};

/// A route, and the statement that makes it.
struct RouteOrigin {
  IpAddress router;
  IpPrefix network;
  Span place;
};

/// Where in the configuration everything comes from.
struct SourceLocations {
  std::map<std::string, TemplateLocations> templates;  // by name; of a host's own, its address
  std::vector<std::pair<AddressRange, Span>> bindings;
  std::vector<RouteOrigin> entries, routes;
};

}  // namespace apiary
