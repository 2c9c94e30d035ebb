#pragma once

#include <memory>
#include <span>
#include <vector>

#include "daemon/event_pipeline.h"
#include "daemon/shard_channel.h"
#include "loop/event_loop.h"
#include "loop/system_clock.h"
#include "service/service_runner.h"
#include "sink/capture.h"

namespace apiary {

/// The main thread's part for several shards: it runs the services and the events of all, with a
/// channel to each.
class ShardCoordinator {
 public:
  /// All must outlive this object. `events` is the loop of the main thread.
  struct Dependencies {
    EventLoop& events;
    ServiceRunner& services;
    EventPipeline& pipeline;
    const SystemClock& clock;
    Capture* capture = nullptr;  // null: none
  };
  ShardCoordinator(const Dependencies& dependencies, std::size_t shards);

  ShardChannel& channel(std::size_t shard) { return *channels_[shard]; }
  void on_release(ReleaseObjects release) { release_ = std::move(release); }

  /// Waits for the next thing to do, until `at_latest`, and does it.
  void turn(Instant at_latest);
  /// Handles all turns of the shards so far.
  void drain();

 private:
  void pass_on_input(Instant now);
  ShardChannel* oldest_channel();
  void handle(ShardChannel& channel);

  const Dependencies deps_;
  Wakeup wakeup_;
  std::vector<std::unique_ptr<ShardChannel>> channels_;
  std::vector<Counters> counters_;  // of the shards, at last
  ReleaseObjects release_;
  bool is_full_ = false;  // a channel
};

}  // namespace apiary
