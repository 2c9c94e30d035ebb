#pragma once

#include <string>
#include <vector>

#include "audit/probe_round.h"

namespace apiary {

/// What to say to a service.
struct Talk {
  std::size_t host;  // its index in Observations::hosts
  Port port;
  Topic topic{};
  std::vector<std::string> messages{};
  bool has_banner = true;  // else the first message does not wait for what the service says
};

/// Holds the conversations, many at the same time, and adds them to their hosts.
void hold_talks(ProbeRound& round, const std::vector<Talk>& talks);

}  // namespace apiary
