#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace apiary {

/// An entry's links in an LruList; a member of the entries of a table.
struct LruLinks {
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t older = none, younger = none;
};

/// Orders the slots of a table by when they were last added. The slots hold the links;
/// `links(slot)` returns them.
class LruList {
 public:
  static constexpr std::uint32_t none = LruLinks::none;

  std::uint32_t oldest() const { return oldest_; }
  std::uint32_t youngest() const { return youngest_; }
  std::size_t size() const { return size_; }

  /// REQUIRES: `slot` is in no list.
  template <class LinksOf>
  void add(std::uint32_t slot, LinksOf links) {
    links(slot) = {youngest_, none};
    (youngest_ == none ? oldest_ : links(youngest_).younger) = slot;
    youngest_ = slot;
    ++size_;
  }
  /// REQUIRES: `slot` is in this list.
  template <class LinksOf>
  void remove(std::uint32_t slot, LinksOf links) {
    const LruLinks& gone = links(slot);
    (gone.older == none ? oldest_ : links(gone.older).younger) = gone.younger;
    (gone.younger == none ? youngest_ : links(gone.younger).older) = gone.older;
    --size_;
  }

 private:
  std::uint32_t oldest_ = none, youngest_ = none;
  std::size_t size_ = 0;
};

}  // namespace apiary
