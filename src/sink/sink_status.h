#pragma once

#include <cstdint>
#include <string>

namespace apiary {

/// What has become of the events that a sink wants. Each is written, lost or waiting.
struct SinkStatus {
  std::string name;
  std::uint64_t written = 0, lost = 0;
  std::size_t waiting = 0;
  std::size_t waiting_bytes = 0, capacity_bytes = 0;
  std::string trouble{};  // why it cannot write, or keep its file in order; empty: it can
};

}  // namespace apiary
