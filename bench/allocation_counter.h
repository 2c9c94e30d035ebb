#pragma once

#include <cstdint>

namespace apiary {

/// How often the program has called operator new so far.
std::uint64_t allocations();

}  // namespace apiary
