#include "host/host_state.h"

namespace apiary {

HostState make_host_state(const HashKey& key, const IpAddress& address,
                          const HostTemplate& host_template, Instant began, Instant now) {
  const std::uint64_t hash = keyed_hash(key, address.bytes()) ^ host_template.seed;
  HostState state{host_template.personality, StackState(*host_template.personality, hash, now)};
  if (host_template.uptime) state.stack.boot_at(began - *host_template.uptime);
  return state;
}

}  // namespace apiary
