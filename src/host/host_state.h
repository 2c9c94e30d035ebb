#pragma once

#include <memory>

#include "base/keyed_hash.h"
#include "honeynet/host_template.h"
#include "personality/personality.h"
#include "personality/stack_state.h"

namespace apiary {

/// The state of a host between packets. It derives from the address and the secret key, so that
/// evicting and creating it again is hardly visible.
struct HostState {
  std::shared_ptr<const Personality> personality;  // whose sequences `stack` has; not null
  StackState stack;
};

/// The state of the host at `address` when it is spoken to for the first time, which is `now`: as
/// the key and its template will have it. `began`: when the engine did.
HostState make_host_state(const HashKey& key, const IpAddress& address,
                          const HostTemplate& host_template, Instant began, Instant now);

}  // namespace apiary
