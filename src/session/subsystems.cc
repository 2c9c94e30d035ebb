#include "session/subsystems.h"

#include <algorithm>

namespace apiary {

bool ListeningPorts::has(const ServiceSpec& subsystem, IpProtocol protocol, Port port) const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) {
    return entry.of(protocol).contains(port) &&
           (entry.subsystem.get() == &subsystem || *entry.subsystem == subsystem);
  });
}

}  // namespace apiary
