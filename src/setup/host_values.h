#pragma once

#include <string>
#include <vector>

#include "host/host_state.h"

namespace apiary {

/// Something that is the case with one host, in words.
struct HostValue {
  std::string label, text;
};

/// What chance and its personality have chosen for a host: the lifetimes of its packets, its answer
/// to a connection request, its sequences and its clock. `state` is its state `now`.
std::vector<HostValue> values_of(const HostTemplate& host_template, HostState state, Instant now);

}  // namespace apiary
