#pragma once

#include <cstddef>
#include <cstdint>

namespace apiary {

/// What the programs of a sandbox use.
struct SandboxUsage {
  std::size_t processes = 0;
  std::uint64_t private_bytes = 0;  // resident and not shared, of all together
};

/// Read by process 1 of a sandbox, from its /proc; it does not count itself.
SandboxUsage sandbox_usage();

}  // namespace apiary
