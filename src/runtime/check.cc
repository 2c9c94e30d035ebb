#include "runtime/check.h"

#include <fmt/format.h>

namespace apiary {

int run_check(const CheckOptions& options) {
  const auto loaded = load_configuration(options.configuration, options.personalities);
  if (!loaded) {
    fmt::print(stderr, "{}", loaded.error());
    return 1;
  }
  fmt::print(stderr, "{}", loaded->remarks);
  const auto& parts = loaded->configuration.honeynet->parts();
  fmt::print("{}: no errors; {} hosts, {} routers, {} addresses\n", options.configuration,
             parts.hosts.size(), parts.topology.routers().size(),
             loaded->configuration.addresses.size());
  return 0;
}

}  // namespace apiary
