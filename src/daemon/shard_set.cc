#include "daemon/shard_set.h"

#include <utility>

#include "honeynet/honeynet.h"

namespace apiary {

void ShardSet::adopt(const HoneynetVersion& next,
                     std::function<void(std::vector<HoneynetVersion>)> done) {
  struct Round {
    std::vector<HoneynetVersion> old;
    std::function<void(std::vector<HoneynetVersion>)> done;
  };
  const auto round = std::make_shared<Round>(Round{{}, std::move(done)});
  for (const auto& shard : shards_)
    shard->adopt(next, [round, count = shards_.size()](HoneynetVersion old) {
      round->old.push_back(std::move(old));
      if (round->old.size() == count) round->done(std::move(round->old));
    });
}

std::shared_ptr<const ReversePaths> ShardSet::adopt(
    const std::shared_ptr<const ReversePaths>& next) {
  std::shared_ptr<const ReversePaths> old;
  for (const auto& shard : shards_) old = shard->engine().adopt(next);
  return old;
}

void ShardSet::adopt(const std::shared_ptr<const SignatureDatabase>& next) {
  for (const auto& shard : shards_) (void)shard->engine().adopt(next);
}

void ShardSet::change_interface(InterfaceId interface, const InterfaceSettings& settings) {
  for (const auto& shard : shards_) shard->engine().change_interface(interface, settings);
}

void ShardSet::leave_to_machine(const AddressSet& addresses) {
  for (const auto& shard : shards_)
    shard->loop().act([&](Engine& engine, Instant now, Outbox& out) {
      engine.leave_to_machine(now, addresses, out);
    });
}

void ShardSet::resume(std::size_t device) {
  for (const auto& shard : shards_) shard->loop().resume(device);
}

void ShardSet::on_release(const ShardLoop::Release& release) {
  for (const auto& shard : shards_) shard->loop().on_release(release);
}

void ShardSet::finish() {
  for (const auto& shard : shards_) shard->loop().finish();
}

void ShardSet::show(const SandboxView& view) {
  for (const auto& shard : shards_) shard->show(view);
}

void ShardSet::end_services() {
  for (const auto& shard : shards_) shard->end_services();
}

ShardStatus ShardSet::status(Instant now) const {
  ShardStatus sum = shards_.front()->status(now);
  for (std::size_t i = 1; i < shards_.size(); ++i) sum.add(shards_[i]->status(now));
  return sum;
}

ConversationList ShardSet::conversations(std::size_t limit) const {
  ConversationList all;
  for (const auto& shard : shards_) all.merge(shard->engine().conversations(limit), limit);
  return all;
}

std::vector<DhcpClientStatus> ShardSet::dhcp_clients() const {
  std::vector<DhcpClientStatus> all;
  for (const auto& shard : shards_)
    for (DhcpClientStatus& client : shard->engine().dhcp_clients())
      all.push_back(std::move(client));
  return all;
}

AddressSet ShardSet::leased_addresses() const {
  AddressSet all;
  for (const auto& shard : shards_)
    for (const AddressRange& range : shard->engine().leased_addresses().ranges()) all.add(range);
  return all;
}

std::uint64_t ShardSet::lease_changes() const {
  std::uint64_t sum = 0;
  for (const auto& shard : shards_) sum += shard->engine().lease_changes();
  return sum;
}

std::string ShardSet::template_of(const FlowKey& flow, Instant now) const {
  for (const auto& shard : shards_)
    if (const HostTemplate* const host_template = shard->engine().host_at(
            flow.local.address, flow.remote.address, static_cast<std::uint8_t>(flow.protocol), now))
      return host_template->name;
  return "";
}

}  // namespace apiary
