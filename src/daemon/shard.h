#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/duration_histogram.h"
#include "daemon/event_pipeline.h"
#include "daemon/shard_loop.h"
#include "device/device_queue.h"
#include "engine/engine.h"
#include "loop/event_loop.h"
#include "loop/system_clock.h"
#include "service/service_runner.h"
#include "service/spawner.h"
#include "sink/capture.h"
#include "telemetry/engine_status.h"

namespace apiary {

/// The status of a shard at one moment, or the sum of several.
struct ShardStatus {
  EngineStatus engine;
  std::uint64_t untransmitted = 0;          // packets that an interface would not take
  std::size_t sessions = 0, processes = 0;  // of services
  std::uint64_t refused_services = 0;       // see ServiceRunner::refused_count()
  std::vector<SubsystemStatus> subsystems{};
  OutboundCounts outbound{};
  DurationHistogram turnaround{};  // see ShardLoop

  /// Adds what another shard of the same honeynet holds and has counted.
  void add(const ShardStatus& other);
};

/// An engine with everything that one thread runs around it: event loop, services, and one queue of
/// each device.
class Shard {
 public:
  struct Dependencies {
    std::vector<DeviceQueue*> queues;  // in the order of the engine's interfaces
    EventPipeline& pipeline;
    const SystemClock& clock;
    Capture* capture = nullptr;  // null: none
  };

  /// The dependencies must outlive the shard.
  Shard(std::shared_ptr<const Honeynet> honeynet, EngineSettings settings, Spawner spawner,
        Dependencies dependencies);

  Engine& engine() { return engine_; }
  const Engine& engine() const { return engine_; }
  EventLoop& events() { return events_; }
  ShardLoop& loop() { return loop_; }

  /// Exchanges the honeynet between two turns, and gives `done` the old one.
  void adopt(HoneynetVersion next, const std::function<void(HoneynetVersion old)>& done);
  ShardStatus status(Instant now) const;
  /// Programs of services see this from now on.
  void show(const SandboxView& view) { services_->show(view); }
  /// Starts the subsystems of the honeynet. Call it after the first show(): adopt() does it for
  /// later versions.
  void start_subsystems();
  /// Ends all services. The loop must not run any more.
  void end_services() { services_.reset(); }

 private:
  EventLoop events_;
  Engine engine_;
  std::unique_ptr<ServiceRunner> services_;
  ShardLoop loop_;
};

}  // namespace apiary
