#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/duration_histogram.h"
#include "daemon/shard_exchange.h"
#include "daemon/shard_loop.h"
#include "device/device_queue.h"
#include "engine/engine.h"
#include "loop/event_loop.h"
#include "loop/system_clock.h"
#include "sink/capture.h"
#include "telemetry/engine_status.h"

namespace apiary {

/// The status of a shard at one moment, or the sum of several.
struct ShardStatus {
  EngineStatus engine;
  std::uint64_t untransmitted = 0;  // packets that an interface would not take
  DurationHistogram turnaround{};   // see ShardLoop

  /// Adds what another shard of the same honeynet holds and has counted.
  void add(const ShardStatus& other);
};

/// An engine with everything that one thread runs around it: event loop, and one queue of each
/// device.
class Shard {
 public:
  struct Dependencies {
    std::vector<DeviceQueue*> queues;  // in the order of the engine's interfaces
    ShardExchange& exchange;
    EventLoop& events;  // of its thread
    const SystemClock& clock;
    Capture* capture = nullptr;       // null: none
    FrameExchange* frames = nullptr;  // see ShardLoop
  };

  /// The dependencies must outlive the shard.
  Shard(std::shared_ptr<const Honeynet> honeynet, EngineSettings settings,
        Dependencies dependencies);

  Engine& engine() { return engine_; }
  const Engine& engine() const { return engine_; }
  ShardLoop& loop() { return loop_; }
  ShardStatus status(Instant now) const;

 private:
  Engine engine_;
  ShardLoop loop_;
};

}  // namespace apiary
