#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "device/device_queue.h"
#include "event/event.h"
#include "host/interface_settings.h"

namespace apiary {

/// Watches for frames that the kernel dropped because the receive ring of a shard's queue was full.
/// The queues count them; asking costs a system call, so this asks only after a rush.
class ReceiveLosses {
 public:
  /// The least interval between two reports.
  static constexpr Duration interval = seconds{10};

  explicit ReceiveLosses(std::size_t queues) : reported_(queues) {}

  /// A queue returned a full batch: frames may arrive faster than the shard takes them.
  void note_rush(Instant now) { due_ = std::min(due_, now + interval); }
  /// When events may be due; Instant::max(): not before the next rush.
  Instant next_due() const { return due_; }
  /// Events about the frames lost since the last call. `interfaces` are those of the queues.
  std::vector<EventBody> take_events(std::span<DeviceQueue* const> queues,
                                     std::span<const InterfaceSettings> interfaces) {
    due_ = Instant::max();
    std::vector<EventBody> lost;
    for (std::size_t i = 0; i < queues.size(); ++i) {
      const std::uint64_t total = queues[i]->counters().receive_drops;
      if (total == reported_[i]) continue;
      lost.push_back(events::PacketsLost{interfaces[i].name, total - reported_[i], total});
      reported_[i] = total;
    }
    return lost;
  }

 private:
  std::vector<std::uint64_t> reported_;  // for each queue
  Instant due_ = Instant::max();
};

}  // namespace apiary
