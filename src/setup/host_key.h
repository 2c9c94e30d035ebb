#pragma once

#include <cstdint>
#include <string>

#include "base/keyed_hash.h"

namespace apiary {

/// The key from which all individual values of hosts derive: from `text`, or if that is empty, from
/// this machine's identity (/etc/machine-id), so that hosts look the same after a restart.
HashKey make_host_key(const std::string& text);

/// Unpredictable random bits.
std::uint64_t random_seed();

}  // namespace apiary
