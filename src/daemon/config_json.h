#pragma once

#include <string>

#include "base/keyed_hash.h"
#include "setup/active_config_text.h"

namespace apiary {

// The dashboard's view of the active configuration, as JSON; docs/web.md describes it.

struct ConfigurationState {
  std::string file;
  Instant loaded{};
  std::size_t statements_since = 0;
  std::string failure{};  // of the last reload
};
std::string configuration_json(const ConfigurationState& state, const ActiveConfigText& active);

std::string topology_json(const ActiveConfigText& active, const ConfigurationSources& sources);

/// Empty if there is no host at `address`.
std::string host_json(const ActiveConfigText& active, const ConfigurationSources& sources,
                      const IpAddress& address, const HashKey& host_key, Instant now);

/// An audit in memory of hosts at `claimed`, with a simulated clock that starts `now`.
std::string audit_json_of(const ActiveConfigText& active, const ConfigurationSources& sources,
                          const AddressSet& claimed, const HashKey& host_key, Instant now);

/// The diagnostics of `text` as a replacement of `active`.
std::string check_json(const std::string& text, const ActiveConfigText& active,
                       const ConfigurationSources& sources);

}  // namespace apiary
