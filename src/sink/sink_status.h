#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace apiary {

/// The use of a spool, and its limit on the disk.
struct SpoolUse {
  std::uint64_t events = 0, bytes = 0;
  std::uint64_t max_bytes = 0;
};

/// The state of a sink. Each event that it wants is written, lost or waiting in its queue.
struct SinkStatus {
  std::string name;
  std::uint64_t written = 0, lost = 0;
  std::size_t waiting = 0;
  std::size_t waiting_bytes = 0, capacity_bytes = 0;
  std::string trouble{};            // why it cannot write, or maintain its file; empty: it can
  std::optional<SpoolUse> spool{};  // written, but not sent; nothing: the sink has no spool
};

}  // namespace apiary
