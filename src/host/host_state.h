#pragma once

#include <memory>

#include "base/keyed_hash.h"
#include "honeynet/host_template.h"
#include "personality/personality.h"
#include "personality/stack_state.h"

namespace apiary {

/// The state of a host between packets. It derives from the address and the secret key, so visitors
/// hardly notice an eviction.
struct HostState {
  std::shared_ptr<const Personality> personality;  // which `stack` follows; not null
  StackState stack;
};

/// The state of the host at `address` when it receives its first packet, at `now`. It depends on
/// the key and the template. `began`: when the engine started.
HostState make_host_state(const HashKey& key, const IpAddress& address,
                          const HostTemplate& host_template, Instant began, Instant now);

}  // namespace apiary
