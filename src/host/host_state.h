#pragma once

#include "base/keyed_hash.h"
#include "base/pin_table.h"
#include "base/token_bucket.h"
#include "honeynet/host_template.h"
#include "personality/personality.h"
#include "personality/stack_state.h"

namespace apiary {

/// The state of a host between packets. It derives from the address and the secret key, so visitors
/// hardly notice an eviction.
struct HostState {
  Pinned<Personality> personality;  // whose sequences `stack` has
  StackState stack;
  TokenBucket icmp_errors{};  // of our own limit, for all errors
};

/// The stack of the host at `address` when the host receives its first packet, `now`. It derives
/// from the key and the template. `began`: when the engine received its first frame.
StackState make_stack_state(const HashKey& key, const IpAddress& address,
                            const HostTemplate& host_template, Instant began, Instant now);

}  // namespace apiary
