#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/shard.h"

namespace apiary {

/// All shards of a daemon. They have the same honeynet and interfaces, and each keeps the state of
/// its own hosts. Today there is one, which runs on the main thread.
class ShardSet {
 public:
  /// `shards` has at least one element.
  explicit ShardSet(std::vector<std::unique_ptr<Shard>> shards) : shards_(std::move(shards)) {}

  /// The shard of the main thread. Control, signals and completions use its event loop.
  Shard& main() { return *shards_.front(); }

  /// Each shard exchanges its honeynet between two turns. When all have, `done` gets the old
  /// versions, on the main thread.
  void adopt(const HoneynetVersion& next,
             std::function<void(std::vector<HoneynetVersion> old)> done);
  /// Returns the old ones, which all shards shared. See Engine::adopt().
  std::shared_ptr<const ReversePaths> adopt(const std::shared_ptr<const ReversePaths>& next);
  void adopt(const std::shared_ptr<const SignatureDatabase>& next);
  void change_interface(InterfaceId interface, const InterfaceSettings& settings);
  /// See Engine::leave_to_machine().
  void leave_to_machine(const AddressSet& addresses);
  /// The interface of a device was opened again, or may work again.
  void resume(std::size_t device);
  /// See ShardLoop::on_release(). Each shard calls `release` on its thread.
  void on_release(const ShardLoop::Release& release);
  /// Programs of services see this from now on.
  void show(const SandboxView& view);
  /// See Shard.
  void start_subsystems() {
    for (const auto& shard : shards_) shard->start_subsystems();
  }
  /// Reports the services that end with the daemon, and releases leases. Call it after the last
  /// turn.
  void finish();
  void end_services();

  // The same in all shards.
  const std::shared_ptr<const Honeynet>& honeynet() const { return first().honeynet(); }
  const AddressSet& claimed() const { return first().claimed(); }
  const std::vector<InterfaceSettings>& interfaces() const { return first().interfaces(); }
  const HashKey& host_key() const { return first().host_key(); }

  /// The sum over all shards.
  ShardStatus status(Instant now) const;
  /// The `limit` conversations of all shards that were active last.
  ConversationList conversations(std::size_t limit) const;
  std::vector<DhcpClientStatus> dhcp_clients() const;
  AddressSet leased_addresses() const;
  /// Grows with each change of leased_addresses().
  std::uint64_t lease_changes() const;
  /// The name of the template of the host at the local end of `flow`; empty if there is no host.
  std::string template_of(const FlowKey& flow, Instant now) const;

 private:
  const Engine& first() const { return std::as_const(*shards_.front()).engine(); }

  const std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace apiary
