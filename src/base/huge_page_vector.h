#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

namespace apiary {

/// Allocates from the heap; blocks of 2 MiB and more, in huge pages if the kernel has some
/// (madvise(2), MADV_HUGEPAGE). An access to a random place in them then rarely waits for the page
/// tables, which takes longer than the access itself.
template <class T>
struct HugePageAllocator {
  using value_type = T;
  static constexpr std::size_t page_bytes = std::size_t{2} << 20;
  static_assert(alignof(T) <= alignof(std::max_align_t));

  HugePageAllocator() = default;
  template <class Other>
  explicit(false) HugePageAllocator(const HugePageAllocator<Other>&) noexcept {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);  // vectors check that it does not overflow
    void* const block = bytes < page_bytes ? std::malloc(bytes) : allocate_pages(bytes);
    if (block == nullptr) throw std::bad_alloc();
    return static_cast<T*>(block);
  }
  void deallocate(T* block, std::size_t) noexcept { std::free(block); }

  bool operator==(const HugePageAllocator&) const = default;

 private:
  static void* allocate_pages(std::size_t bytes) {
    const std::size_t whole = (bytes + page_bytes - 1) / page_bytes * page_bytes;
    void* const block = std::aligned_alloc(page_bytes, whole);
    // Without huge pages it works as well, only slower.
    if (block != nullptr) madvise(block, whole, MADV_HUGEPAGE);
    return block;
  }
};

/// A vector for a table whose entries are read in random order.
template <class T>
using HugePageVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace apiary
