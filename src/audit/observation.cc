#include "audit/observation.h"

#include <algorithm>

namespace apiary {

std::vector<Port> HostObservation::open_ports() const {
  std::vector<Port> open;
  for (const Exchange& exchange : of(Series::ports))
    if (const HeardTcp* answer = exchange.tcp(); answer != nullptr && answer->accepts())
      open.push_back(exchange.port);
  return open;
}

bool HostObservation::is_alive() const {
  const auto answered_any = [&](const std::vector<Exchange>& series) {
    return std::ranges::any_of(
        series, [&](const Exchange& exchange) { return exchange.from(address) != nullptr; });
  };
  return mac.has_value() || std::ranges::any_of(exchanges, answered_any);
}

}  // namespace apiary
