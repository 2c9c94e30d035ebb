#include "host/host_state.h"

namespace apiary {

HostState make_host_state(const HashKey& key, const IpAddress& address, const HostTemplate& kind,
                          Instant began, Instant now) {
  const std::uint64_t hash = keyed_hash(key, address.bytes()) ^ kind.seed;
  HostState state{kind.personality, StackState(*kind.personality, hash, now)};
  if (kind.uptime) state.stack.boot_at(began - *kind.uptime);
  return state;
}

}  // namespace apiary
