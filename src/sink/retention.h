#pragma once

#include <cstdint>

#include "base/time.h"

namespace apiary {

/// The limits of a store.
struct Retention {
  Duration age = hours{24} * 30;                      // 0: no limit
  std::uint64_t size_bytes = std::uint64_t{2} << 30;  // of the database; 0: no limit
};

}  // namespace apiary
