#include "session/service_spec.h"

namespace apiary {

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
  }
  return "";
}

}  // namespace apiary
