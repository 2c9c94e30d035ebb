#pragma once

#include <memory>

#include "host/token_bucket.h"
#include "personality/stack_state.h"

namespace apiary {

/// What a host remembers between packets. Derived from its address by the secret key, so that
/// forgetting it and making it again is hardly seen.
struct HostState {
  StackState stack;
  TokenBucket icmp_errors;
};

}  // namespace apiary
