#include "daemon/shard.h"

#include <utility>

#include "honeynet/honeynet.h"

namespace apiary {

void ShardStatus::add(const ShardStatus& other) {
  engine.add(other.engine);
  untransmitted += other.untransmitted;
  turnaround.add(other.turnaround);
}

Shard::Shard(std::shared_ptr<const Honeynet> honeynet, EngineSettings settings,
             Dependencies dependencies)
    : engine_(std::move(honeynet), std::move(settings)),
      loop_(engine_, std::move(dependencies.queues), dependencies.exchange, dependencies.events,
            dependencies.clock, dependencies.capture, dependencies.frames) {}

ShardStatus Shard::status(Instant now) const {
  return {.engine = engine_.status(now),
          .untransmitted = loop_.untransmitted(),
          .turnaround = loop_.turnaround()};
}

}  // namespace apiary
