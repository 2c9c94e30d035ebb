#pragma once

#include <cstdint>

namespace apiary {

/// The number of calls of operator new so far.
std::uint64_t allocations();

}  // namespace apiary
