#pragma once

#include <string>
#include <vector>

#include "host/host_state.h"

namespace apiary {

/// A value of one host, as text.
struct HostValue {
  std::string label, text;
};

/// The values of a host, from its personality and its key: TTLs, the reply to a SYN, its sequences
/// and its clock. `stack` is its state `now`.
std::vector<HostValue> values_of(const HostTemplate& host_template, StackState stack, Instant now);

}  // namespace apiary
