#include "daemon/shard_set.h"

#include <algorithm>
#include <utility>

#include "honeynet/honeynet.h"

namespace apiary {

ShardSet::ShardSet(const std::shared_ptr<const Honeynet>& honeynet, const EngineSettings& settings,
                   const Queues& queues, Spawner spawner, const Dependencies& dependencies)
    : deps_(dependencies),
      services_(std::make_unique<ServiceRunner>(deps_.events.base(), std::move(spawner),
                                                ServiceLimits{}, deps_.pipeline)) {
  const std::size_t count = queues.size();
  const auto make = [&](std::size_t index, ShardExchange& exchange, EventLoop& events) {
    shards_.push_back(
        std::make_unique<Shard>(honeynet, settings.of_shard(index, count),
                                Shard::Dependencies{queues[index], exchange, events, deps_.clock,
                                                    deps_.capture, frames_.get()}));
  };
  if (count == 1) {
    local_ = std::make_unique<LocalExchange>(*services_, deps_.pipeline, deps_.capture);
    make(0, *local_, deps_.events);
    return;
  }
  coordinator_ = std::make_unique<ShardCoordinator>(
      ShardCoordinator::Dependencies{deps_.events, *services_, deps_.pipeline, deps_.clock,
                                     deps_.capture},
      count);
  if (std::ranges::any_of(queues.front(), &DeviceQueue::is_for_all_shards)) {
    std::vector<Wakeup*> wakeups;
    for (std::size_t i = 0; i < count; ++i) wakeups.push_back(&coordinator_->channel(i).wakeup());
    frames_ = std::make_unique<FrameExchange>(std::move(wakeups));
  }
  for (std::size_t i = 0; i < count; ++i) {
    loops_.push_back(std::make_unique<EventLoop>());
    loops_.back()->watch(coordinator_->channel(i).wakeup().descriptor());
    make(i, coordinator_->channel(i), *loops_.back());
  }
}

ShardSet::~ShardSet() = default;

void ShardSet::begin() {
  if (coordinator_ == nullptr) return;
  for (std::size_t i = 0; i < shards_.size(); ++i)
    threads_.push_back(
        std::make_unique<ShardThread>(*shards_[i], coordinator_->channel(i).wakeup()));
}

void ShardSet::start_subsystems() { services_->run(honeynet()->subsystems()); }

void ShardSet::turn(Instant at_latest) {
  if (coordinator_ != nullptr)
    coordinator_->turn(at_latest);
  else
    shards_.front()->loop().turn(at_latest);
}

void ShardSet::pause() const {
  if (pauses_++ > 0) return;
  for (const auto& thread : threads_) thread->ask_to_pause();
  for (const auto& thread : threads_) thread->wait_for_pause();
}

void ShardSet::resume_threads() const {
  if (--pauses_ > 0) return;
  for (const auto& thread : threads_) thread->resume();
}

void ShardSet::adopt(const HoneynetVersion& next,
                     const std::function<void(std::vector<HoneynetVersion>)>& done) {
  std::vector<HoneynetVersion> old;
  {
    const Pause pause(*this);
    if (coordinator_ != nullptr) coordinator_->drain();  // events may point into the old version
    for (const auto& shard : shards_) old.push_back(shard->engine().adopt(next));
  }
  start_subsystems();
  done(std::move(old));
}

std::shared_ptr<const ReversePaths> ShardSet::adopt(
    const std::shared_ptr<const ReversePaths>& next) {
  const Pause pause(*this);
  std::shared_ptr<const ReversePaths> old;
  for (const auto& shard : shards_) old = shard->engine().adopt(next);
  return old;
}

void ShardSet::adopt(const std::shared_ptr<const SignatureDatabase>& next) {
  const Pause pause(*this);
  for (const auto& shard : shards_) (void)shard->engine().adopt(next);
}

void ShardSet::change_interface(InterfaceId interface, const InterfaceSettings& settings) {
  const Pause pause(*this);
  for (const auto& shard : shards_) shard->engine().change_interface(interface, settings);
}

void ShardSet::leave_to_machine(const AddressSet& addresses) {
  const Pause pause(*this);
  for (const auto& shard : shards_)
    shard->loop().act([&](Engine& engine, Instant now, Outbox& out) {
      engine.leave_to_machine(now, addresses, out);
    });
}

void ShardSet::resume(std::size_t device) {
  const Pause pause(*this);
  for (const auto& shard : shards_) shard->loop().resume(device);
}

void ShardSet::on_release(const ReleaseObjects& release) {
  if (local_ != nullptr) local_->on_release(release);
  if (coordinator_ != nullptr) coordinator_->on_release(release);
}

void ShardSet::finish() {
  threads_.clear();
  if (coordinator_ != nullptr) coordinator_->drain();
  services_->on_stop();
  for (const auto& shard : shards_) shard->loop().finish();
  if (coordinator_ != nullptr) coordinator_->drain();
}

ShardSetStatus ShardSet::status(Instant now) const {
  const Pause pause(*this);
  ShardSetStatus status{.sum = shards_.front()->status(now),
                        .sessions = services_->session_count(),
                        .processes = services_->process_count(),
                        .refused_services = services_->refused_count(),
                        .subsystems = services_->subsystems(),
                        .outbound = services_->outbound()};
  for (std::size_t i = 1; i < shards_.size(); ++i) status.sum.add(shards_[i]->status(now));
  if (shards_.size() == 1) return status;
  for (const auto& shard : shards_) {
    const Engine& engine = shard->engine();
    status.shards.push_back({.received_packets = engine.counters().received.all_packets(),
                             .sent_packets = engine.counters().sent.all_packets(),
                             .lost_packets = shard->loop().not_handed_over(),
                             .hosts = engine.remembered_hosts(),
                             .connections = engine.connections()});
  }
  return status;
}

ConversationList ShardSet::conversations(std::size_t limit) const {
  const Pause pause(*this);
  ConversationList all;
  for (const auto& shard : shards_) all.merge(shard->engine().conversations(limit), limit);
  return all;
}

std::vector<DhcpClientStatus> ShardSet::dhcp_clients() const {
  const Pause pause(*this);
  std::vector<DhcpClientStatus> all;
  for (const auto& shard : shards_)
    for (DhcpClientStatus& client : shard->engine().dhcp_clients())
      all.push_back(std::move(client));
  return all;
}

AddressSet ShardSet::leased_addresses() const {
  const Pause pause(*this);
  AddressSet all;
  for (const auto& shard : shards_)
    for (const AddressRange& range : shard->engine().leased_addresses().ranges()) all.add(range);
  return all;
}

std::uint64_t ShardSet::lease_changes() const {
  return shards_.size() == 1 ? first().lease_changes() : 0;  // see restrictions_of()
}

std::string ShardSet::template_of(const FlowKey& flow, Instant now) const {
  const auto& [address, visitor] = std::pair(flow.local.address, flow.remote.address);
  const auto protocol = static_cast<std::uint8_t>(flow.protocol);
  if (shards_.size() == 1) {
    const HostTemplate* const found = first().host_at(address, visitor, protocol, now);
    return found != nullptr ? found->name : "";
  }
  // The threads run, so only the honeynet can be asked. No condition depends on a visitor's system:
  // see restrictions_of().
  const HostTemplatePtr* const found = claimed().contains(address)
                                           ? honeynet()->find_host(address, visitor, protocol, now)
                                           : nullptr;
  return found != nullptr ? (*found)->name : "";
}

}  // namespace apiary
