#include "session/service_spec.h"

#include <tuple>
#include <utility>

namespace apiary {

std::string_view name_of(VisitorDisclosure disclosure) {
  switch (disclosure) {
    case VisitorDisclosure::none:
      return "";
    case VisitorDisclosure::proxy_protocol:
      return "proxy-protocol";
    case VisitorDisclosure::transparent:
      return "transparent";
  }
  return "";
}

std::string describe(const Proxy& proxy) {
  std::string text = "proxy " + proxy.target;
  if (proxy.disclosure != VisitorDisclosure::none) text += ' ';
  return text.append(name_of(proxy.disclosure));
}

bool may_become(const Subsystem& running, Subsystem wanted) {
  const auto [user, group] = std::pair(wanted.privileges.user, wanted.privileges.group);
  wanted.privileges = running.privileges;
  std::tie(wanted.privileges.user, wanted.privileges.group) = std::tie(user, group);
  wanted.egress = running.egress;
  return wanted == running;
}

std::string_view name_of(ServiceLimit limit) {
  switch (limit) {
    case ServiceLimit::none:
      return "none";
    case ServiceLimit::processes:
      return "processes";
    case ServiceLimit::memory:
      return "memory";
    case ServiceLimit::wall_time:
      return "wall_time";
    case ServiceLimit::output:
      return "output";
  }
  return "";
}

std::string_view describe(ServiceLimit limit) {
  switch (limit) {
    case ServiceLimit::none:
      return "";
    case ServiceLimit::processes:
      return "had too many processes";
    case ServiceLimit::memory:
      return "used too much memory";
    case ServiceLimit::wall_time:
      return "ran too long";
    case ServiceLimit::output:
      return "sent too much";
  }
  return "";
}

}  // namespace apiary
