#pragma once

#include <array>
#include <cstdint>

#include "event/drop_reason.h"

namespace apiary {

/// What an engine has counted since it began.
struct Counters {
  std::uint64_t received_packets = 0, received_bytes = 0;
  std::uint64_t sent_packets = 0, sent_bytes = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(DropReason::count_)> drops{};

  void count(DropReason reason) { ++drops[static_cast<std::size_t>(reason)]; }
  std::uint64_t of(DropReason reason) const { return drops[static_cast<std::size_t>(reason)]; }
};

}  // namespace apiary
