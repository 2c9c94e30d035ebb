#include "daemon/shard.h"

#include <utility>

#include "honeynet/honeynet.h"

namespace apiary {

void ShardStatus::add(const ShardStatus& other) {
  engine.add(other.engine);
  untransmitted += other.untransmitted;
  sessions += other.sessions;
  processes += other.processes;
  refused_services += other.refused_services;
  outbound.add(other.outbound);
  subsystems.insert(subsystems.end(), other.subsystems.begin(), other.subsystems.end());
  turnaround.add(other.turnaround);
}

Shard::Shard(std::shared_ptr<const Honeynet> honeynet, EngineSettings settings, Spawner spawner,
             Dependencies dependencies)
    : engine_(std::move(honeynet), std::move(settings)),
      services_(std::make_unique<ServiceRunner>(events_.base(), std::move(spawner), ServiceLimits{},
                                                dependencies.pipeline)),
      loop_(engine_, std::move(dependencies.queues), *services_, dependencies.pipeline, events_,
            dependencies.clock, dependencies.capture) {}

void Shard::adopt(HoneynetVersion next, const std::function<void(HoneynetVersion)>& done) {
  HoneynetVersion old = engine_.adopt(std::move(next));
  start_subsystems();
  done(std::move(old));
}

void Shard::start_subsystems() { services_->run(engine_.honeynet()->subsystems()); }

ShardStatus Shard::status(Instant now) const {
  return {.engine = engine_.status(now),
          .untransmitted = loop_.untransmitted(),
          .sessions = services_->session_count(),
          .processes = services_->process_count(),
          .refused_services = services_->refused_count(),
          .subsystems = services_->subsystems(),
          .outbound = services_->outbound(),
          .turnaround = loop_.turnaround()};
}

}  // namespace apiary
