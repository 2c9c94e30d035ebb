#pragma once

#include <cstdint>
#include <string>

#include "base/keyed_hash.h"

namespace apiary {

/// The key that everything hosts show derives from: of `text`, or, when that is empty, of this
/// machine's own identity (/etc/machine-id), so that hosts look the same after a restart.
HashKey make_host_key(const std::string& text);

/// Unpredictable random bits.
std::uint64_t random_seed();

}  // namespace apiary
