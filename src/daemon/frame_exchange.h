#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/byte_arena.h"
#include "base/time.h"
#include "loop/spsc_ring.h"
#include "loop/wakeup.h"
#include "wire/frame.h"

namespace apiary {

/// Hands frames from the shard that received them to the one that has their destination, for
/// interfaces where the kernel cannot choose: a ring without locks for each pair of shards. A full
/// ring loses the frame.
class FrameExchange {
 public:
  struct Entry {
    ReceivedFrame frame;  // its bytes are in the batch
    InterfaceId interface;
    Instant arrived{};
  };

  /// `wakeups`: of the shards' threads, which must outlive this object.
  explicit FrameExchange(std::vector<Wakeup*> wakeups);

  // The thread of the shard `from` calls these.
  /// Copies a frame for the shard `to`. Returns false if the ring is full.
  bool add(std::size_t from, std::size_t to, const Entry& entry);
  /// Hands over what was added.
  void flush(std::size_t from);

  // The thread of the shard `to` calls these.
  bool has_frames(std::size_t to);
  /// Calls `handle` with each frame for it, at most a batch of each other shard.
  template <class Handle>
  void take(std::size_t to, Handle handle) {
    for (std::size_t from = 0; from < wakeups_.size(); ++from) {
      Lane& lane = lane_of(from, to);
      if (Batch* const batch = lane.ring.front()) {
        for (const Entry& entry : batch->entries) handle(entry);
        lane.ring.pop();
      }
    }
  }

 private:
  static constexpr std::size_t ring_batches = 64, batch_frames = 256;

  struct Batch {
    std::vector<Entry> entries;
    ByteArena bytes;
  };
  struct Lane {
    SpscRing<Batch> ring{ring_batches};
    bool is_filling = false;  // its free slot; the sender's
  };

  Lane& lane_of(std::size_t from, std::size_t to) { return *lanes_[from * wakeups_.size() + to]; }
  void push(Lane& lane, std::size_t to);

  const std::vector<Wakeup*> wakeups_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace apiary
