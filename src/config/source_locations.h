#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address_set.h"
#include "base/numbers.h"
#include "config/source_text.h"

namespace apiary {

/// The statements that set the traits of a template; a clone's may be those of its original.
struct TemplateLocations {
  Span created;
  /// By keyword, and by part where a template has several: "droprate", "syn". See traits.h.
  std::map<std::pair<std::string_view, std::string_view>, Span> traits;
  std::map<std::pair<IpProtocol, Port>, Span> ports;
  std::map<std::string, Span> subsystems;  // by command

  /// None: no statement sets it.
  std::optional<Span> trait(std::string_view keyword, std::string_view part = {}) const {
    const auto found = traits.find({keyword, part});
    return found == traits.end() ? std::optional<Span>{} : found->second;
  }
};

/// A route, and the statement that makes it.
struct RouteOrigin {
  IpAddress router;
  IpPrefix network;
  Span place;
};

/// The statements that templates, bindings and routes come from.
struct SourceLocations {
  std::map<std::string, TemplateLocations> templates;  // by name; by address for a host's own
  std::vector<std::pair<AddressRange, Span>> bindings;
  std::vector<RouteOrigin> entries, routes;
};

}  // namespace apiary
