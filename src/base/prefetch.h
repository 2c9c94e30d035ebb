#pragma once

#include <cstddef>
#include <cstdint>

namespace apiary {

/// Has the processor load the `bytes` at `start` into its cache, to be changed or read soon. Does
/// not wait for them.
inline void prefetch(const void* start, std::size_t bytes) {
  constexpr std::uintptr_t line = 64;
  const auto first = reinterpret_cast<std::uintptr_t>(start);
  for (std::uintptr_t at = first & ~(line - 1); at < first + bytes; at += line)
    __builtin_prefetch(reinterpret_cast<const void*>(at), 1);
  // GCC 12 removes calls of functions that, as far as it sees, have no effect. A volatile statement
  // is one, even without an instruction.
  asm volatile("");
}
template <class Object>
void prefetch(const Object& object) {
  prefetch(&object, sizeof object);
}

}  // namespace apiary
