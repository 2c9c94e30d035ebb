#pragma once

#include <chrono>

#include "base/time.h"

namespace apiary {

/// Now, by the wall clock, as events have it.
inline Instant wall_clock() { return Instant{std::chrono::system_clock::now().time_since_epoch()}; }

}  // namespace apiary
