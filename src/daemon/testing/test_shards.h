#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "daemon/shard_set.h"
#include "daemon/testing/fake_device.h"

namespace apiary {

/// Shards with a FakeQueue each, all on the thread of the test.
class TestShards {
 public:
  TestShards(const std::shared_ptr<const Honeynet>& honeynet, const AddressSet& claimed,
             std::size_t count = 1)
      : set_(make(honeynet, claimed, count)) {}

  ShardSet& set() { return set_; }
  Shard& shard(std::size_t index) { return *shards_[index]; }
  FakeQueue& queue(std::size_t index) { return *queues_[index]; }
  Instant now() const { return clock_.now(); }

 private:
  std::vector<std::unique_ptr<Shard>> make(const std::shared_ptr<const Honeynet>& honeynet,
                                           const AddressSet& claimed, std::size_t count) {
    std::vector<std::unique_ptr<Shard>> shards;
    for (std::size_t i = 0; i < count; ++i) {
      auto spawner = Spawner::start({});
      EXPECT_TRUE(spawner) << to_string(spawner.error());
      queues_.push_back(std::make_unique<FakeQueue>());
      shards.push_back(std::make_unique<Shard>(
          honeynet,
          EngineSettings{.interfaces = {{LinkLayer::raw_ip, {}, 1500}}, .claimed = claimed}
              .of_shard(i, count),
          std::move(*spawner), Shard::Dependencies{{queues_.back().get()}, pipeline_, clock_}));
      shards_.push_back(shards.back().get());
    }
    return shards;
  }

  const SystemClock clock_;
  EventPipeline pipeline_{
      clock_, [this](const FlowKey& flow, Instant now) { return set_.template_of(flow, now); }};
  std::vector<std::unique_ptr<FakeQueue>> queues_;
  std::vector<Shard*> shards_;
  ShardSet set_;
};

}  // namespace apiary
