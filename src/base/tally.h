#pragma once

#include <cstddef>
#include <map>

namespace apiary {

/// How often each key was added. Ordered: visitors choose the keys, and could make a hash table
/// slow.
template <class Key>
class Tally {
 public:
  std::size_t of(const Key& key) const {
    const auto found = counts_.find(key);
    return found == counts_.end() ? 0 : found->second;
  }
  void add(const Key& key) { ++counts_[key]; }
  /// REQUIRES: of(key) > 0.
  void remove(const Key& key) {
    const auto found = counts_.find(key);
    if (--found->second == 0) counts_.erase(found);
  }

 private:
  std::map<Key, std::size_t> counts_;  // no zeros
};

}  // namespace apiary
