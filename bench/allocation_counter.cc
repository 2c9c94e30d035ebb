// Replaces operator new in the whole program to count its calls. For a single thread.
#include "allocation_counter.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {
std::uint64_t count = 0;

void* allocate(std::size_t size) {
  ++count;
  return std::malloc(size == 0 ? 1 : size);
}

void* allocate_or_throw(std::size_t size) {
  if (void* const memory = allocate(size)) return memory;
  throw std::bad_alloc{};
}
}  // namespace

namespace apiary {
std::uint64_t allocations() { return count; }
}  // namespace apiary

void* operator new(std::size_t size) { return allocate_or_throw(size); }
void* operator new[](std::size_t size) { return allocate_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
