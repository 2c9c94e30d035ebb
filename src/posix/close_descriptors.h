#pragma once

#include <unistd.h>

#include <algorithm>
#include <vector>

namespace apiary {

/// Closes all descriptors but stdin, stdout, stderr and those given, which are none of these.
inline void close_descriptors_but(std::vector<int> kept) {
  std::ranges::sort(kept);
  unsigned first = 3;
  for (const int number : kept) {
    const auto next = static_cast<unsigned>(number);
    if (next > first) close_range(first, next - 1, 0);
    first = next + 1;
  }
  close_range(first, ~0U, 0);
}

}  // namespace apiary
