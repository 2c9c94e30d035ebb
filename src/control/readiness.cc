#include "control/readiness.h"

namespace apiary {

std::vector<std::string> reasons_not_ready(const DaemonStatus& daemon) {
  std::vector<std::string> reasons;
  for (const DaemonStatus::Interface& interface : daemon.interfaces)
    if (!interface.is_up) reasons.push_back("interface " + interface.name + ": " + interface.state);
  for (const SinkStatus& sink : daemon.sinks)
    if (!sink.trouble.empty()) reasons.push_back(sink.trouble);
  return reasons;
}

}  // namespace apiary
