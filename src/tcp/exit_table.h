#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "wire/frame.h"

namespace apiary {

/// Numbers for the exits of half-open connections: one byte instead of an Egress. A shard sees few
/// of them, mostly one.
class ExitTable {
 public:
  static constexpr std::size_t most = 256;

  /// Counts a user of `egress`. Nothing if all numbers have users of other exits.
  std::optional<std::uint32_t> add_user(const Egress& egress) {
    if (last_ >= exits_.size() || exits_[last_].egress != egress) {
      auto found = std::ranges::find(exits_, egress, &Exit::egress);
      if (found == exits_.end()) found = std::ranges::find(exits_, 0U, &Exit::users);
      if (found == exits_.end()) {
        if (exits_.size() == most) return std::nullopt;
        found = exits_.insert(exits_.end(), Exit{});
      }
      found->egress = egress;
      last_ = static_cast<std::uint32_t>(found - exits_.begin());
    }
    ++exits_[last_].users;
    return last_;
  }
  void remove_user(std::uint32_t number) { --exits_[number].users; }
  const Egress& operator[](std::uint32_t number) const { return exits_[number].egress; }

 private:
  struct Exit {
    Egress egress;
    std::uint32_t users = 0;
  };

  std::vector<Exit> exits_;
  std::uint32_t last_ = 0;  // that add_user() returned
};

}  // namespace apiary
