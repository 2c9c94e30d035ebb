#pragma once

#include <cstdint>

#include "base/time.h"

namespace apiary {

/// How much a store keeps.
struct Retention {
  Duration age = hours{24} * 30;                      // 0: whatever its age
  std::uint64_t size_bytes = std::uint64_t{2} << 30;  // of the database; 0: no bound
};

}  // namespace apiary
