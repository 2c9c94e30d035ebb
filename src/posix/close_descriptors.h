#pragma once

#include <unistd.h>

namespace apiary {

/// Closes all descriptors but stdin, stdout, stderr and the one given, which is none of these.
inline void close_descriptors_but(int kept) {
  const auto number = static_cast<unsigned>(kept);
  if (number > 3) close_range(3, number - 1, 0);
  close_range(number + 1, ~0U, 0);
}

}  // namespace apiary
