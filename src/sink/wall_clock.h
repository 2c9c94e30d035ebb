#pragma once

#include <chrono>

#include "base/time.h"

namespace apiary {

/// The time by the wall clock, as in events.
inline Instant wall_clock() { return Instant{std::chrono::system_clock::now().time_since_epoch()}; }

}  // namespace apiary
