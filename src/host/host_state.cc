#include "host/host_state.h"

namespace apiary {

StackState make_stack_state(const HashKey& key, const IpAddress& address,
                            const HostTemplate& host_template, Instant began, Instant now) {
  const std::uint64_t hash = keyed_hash(key, address.bytes()) ^ host_template.seed;
  StackState stack(*host_template.personality, hash, now);
  if (host_template.uptime) stack.boot_at(began - *host_template.uptime);
  return stack;
}

}  // namespace apiary
