#pragma once

#include <memory>

#include "personality/personality.h"
#include "personality/stack_state.h"

namespace apiary {

/// What a host remembers between packets. Derived from its address by the secret key, so that
/// forgetting it and making it again is hardly seen.
struct HostState {
  std::shared_ptr<const Personality> personality;  // whose sequences `stack` has; not null
  StackState stack;
};

}  // namespace apiary
