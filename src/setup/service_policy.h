#pragma once

#include <string>
#include <vector>

namespace apiary {

/// The options of `apiary run` about services.
struct ServicePolicy {
  std::string directory;  // of the configuration; absolute
  std::string user{};     // that all services run as; empty: each has a user of its own
  bool has_view = true;   // services see a view, not the whole machine
  // Events, tokens, sockets: what services must not see, in addition to the files of the
  // configuration.
  std::vector<std::string> daemon_files{};
};

}  // namespace apiary
