#pragma once

#include <utility>

#include "daemon/event_pipeline.h"
#include "daemon/shard_exchange.h"
#include "service/service_runner.h"
#include "sink/capture.h"

namespace apiary {

/// The exchange of the only shard, on whose thread services and events are.
class LocalExchange final : public ShardExchange {
 public:
  /// All must outlive this object. `capture`: null if there is none.
  LocalExchange(ServiceRunner& services, EventPipeline& pipeline, Capture* capture)
      : services_(services), pipeline_(pipeline), capture_(capture) {}

  void on_release(ReleaseObjects release) { release_ = std::move(release); }

  bool has_room() const override { return true; }
  bool has_input() override { return false; }  // the services wake the loop
  ServiceInput take_input() override;
  void hand_over(Instant now, Outbox& out, std::span<const ServiceMessage> handled,
                 const Counters& counters) override;
  Instant next_due() override { return pipeline_.next_due(); }
  void emit(EventBody what) override { pipeline_.emit(std::move(what)); }

 private:
  ServiceRunner& services_;
  EventPipeline& pipeline_;
  Capture* const capture_;
  ReleaseObjects release_;
  std::vector<ConnectRequest> connects_;
};

}  // namespace apiary
