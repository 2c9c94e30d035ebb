#include "engine/portals.h"

#include <algorithm>

namespace apiary {

void Portals::adopt(const Topology& topology, std::span<const InterfaceSettings> interfaces) {
  exits_.clear();
  for (const TunnelEnds& tunnel : topology.tunnels()) {
    const auto found = std::find_if(
        interfaces.begin(), interfaces.end(),
        [&](const InterfaceSettings& interface) { return interface.name == to_string(tunnel); });
    exits_.push_back(
        found == interfaces.end()
            ? std::nullopt
            : std::optional{InterfaceId{static_cast<std::uint8_t>(found - interfaces.begin())}});
  }
}

void Portals::note_visitor(const IpAddress& visitor, const ReturnPath& way) {
  if (ReturnPath* const known = visitors_.touch(visitor))
    *known = way;
  else
    visitors_.insert(visitor, way);
}

}  // namespace apiary
