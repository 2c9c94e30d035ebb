#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "setup/load.h"

namespace apiary {

/// Options of `apiary replay`.
struct ReplayOptions {
  std::string configuration;
  std::string input;              // a capture
  std::string output;             // capture file for the replies; empty: none
  std::vector<std::string> nets;  // to claim; empty: what the configuration binds and routes
  std::string personalities = default_personalities_file;
  std::string key = "replay";  // for make_host_key(): the same key, the same bytes
  std::uint64_t seed = 0;
};

/// Feeds a capture through the engine by the capture's clock. Prints the packets received and the
/// packets that would be sent. Services do not run: the hosts accept connections and send no data.
/// Returns the exit status: 1 after it has printed an error.
int run_replay(const ReplayOptions& options);

}  // namespace apiary
