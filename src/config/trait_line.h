#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "config/source_text.h"
#include "config/template_draft.h"

namespace apiary {

/// The lines of `apiary explain`.
enum class TraitGroup : std::uint8_t {
  system,     // before lines that follow from the personality
  identity,   // individual values of the host
  behaviour,  // its treatment of packets and programs
  port,       // only if a port is given
  link,       // of the machine on the link, the same to all visitors
};

/// The host that is explained.
struct ExplainedHost {
  const HostTemplate& host_template;
  const TemplateLocations& from;
  IpAddress address;
  HashKey key;
};

/// A line of its explanation.
struct TraitLine {
  std::string_view label;  // static
  std::string text;
  std::optional<Span> place;  // of the statement that sets it
};
using TraitLines = std::vector<TraitLine>;

}  // namespace apiary
