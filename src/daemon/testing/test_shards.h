#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "daemon/shard_set.h"
#include "daemon/testing/fake_device.h"

namespace apiary {

/// Shards with a FakeQueue each, on the thread of the test until it calls begin().
class TestShards {
 public:
  TestShards(const std::shared_ptr<const Honeynet>& honeynet, const AddressSet& claimed,
             std::size_t count = 1)
      : spawner_(Spawner::start({})),
        set_(honeynet,
             EngineSettings{.interfaces = {{LinkLayer::raw_ip, {}, 1500}}, .claimed = claimed},
             make_queues(count), std::move(spawner_.value()), {events_, pipeline_, clock_}) {}

  ShardSet& set() { return set_; }
  Shard& shard(std::size_t index) { return set_.shard(index); }
  FakeQueue& queue(std::size_t index) { return *queues_[index]; }
  EventPipeline& pipeline() { return pipeline_; }
  Instant now() const { return clock_.now(); }

  /// A turn of a shard, and one of the main thread.
  void turn(std::size_t index) {
    shard(index).loop().turn(now());
    if (set_.size() > 1) set_.turn(now());
  }

 private:
  ShardSet::Queues make_queues(std::size_t count) {
    ShardSet::Queues queues;
    for (std::size_t i = 0; i < count; ++i) {
      queues_.push_back(std::make_unique<FakeQueue>());
      queues.push_back({queues_.back().get()});
    }
    return queues;
  }

  tl::expected<Spawner, SystemError> spawner_;  // first: it forks
  const SystemClock clock_;
  EventLoop events_;
  EventPipeline pipeline_{
      clock_, [this](const FlowKey& flow, Instant now) { return set_.template_of(flow, now); }};
  std::vector<std::unique_ptr<FakeQueue>> queues_;
  ShardSet set_;
};

}  // namespace apiary
