#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/local_exchange.h"
#include "daemon/shard.h"
#include "daemon/shard_coordinator.h"
#include "daemon/shard_thread.h"
#include "service/service_runner.h"
#include "service/spawner.h"
#include "telemetry/shard_traffic.h"

namespace apiary {

/// The state and the counters of all shards, with their services.
struct ShardSetStatus {
  ShardStatus sum;
  std::vector<ShardTraffic> shards{};       // of each, if there are several
  std::size_t sessions = 0, processes = 0;  // of services
  std::uint64_t refused_services = 0;       // see ServiceRunner::refused_count()
  std::vector<SubsystemStatus> subsystems{};
  OutboundCounts outbound{};
};

/// All shards of a daemon, and their services. The shards have the same honeynet and interfaces;
/// each answers for its share of the addresses and keeps the state of its hosts.
///
/// A single shard runs on the main thread, as part of turn(). Several have a thread each, from
/// begin() to finish(); the main thread runs their services and events. Only the main thread calls
/// the functions here. They let the other threads pause between two turns where they use the
/// shards.
class ShardSet {
 public:
  struct Dependencies {
    EventLoop& events;  // of the main thread
    EventPipeline& pipeline;
    const SystemClock& clock;
    Capture* capture = nullptr;  // null: none
  };
  /// For each shard, a queue of each interface.
  using Queues = std::vector<std::vector<DeviceQueue*>>;

  /// Makes a shard for each element of `queues`. `settings` are those of the whole daemon. The
  /// dependencies must outlive this object.
  ShardSet(const std::shared_ptr<const Honeynet>& honeynet, const EngineSettings& settings,
           const Queues& queues, Spawner spawner, const Dependencies& dependencies);
  ~ShardSet();
  ShardSet(const ShardSet&) = delete;
  ShardSet& operator=(const ShardSet&) = delete;

  std::size_t size() const { return shards_.size(); }
  /// The loop of the main thread, for control, signals and completions.
  EventLoop& events() const { return deps_.events; }
  Shard& shard(std::size_t index) { return *shards_[index]; }

  /// Starts the threads of several shards.
  void begin();
  /// On the main thread: waits for the next thing to do, until `at_latest`, and does it.
  void turn(Instant at_latest = Instant::max());
  /// Ends the threads, reports the services that end with the daemon, and releases leases.
  void finish();
  void end_services() { services_.reset(); }

  /// While it lives, the shards' threads rest between two turns, and nothing that they have handed
  /// over refers to the present honeynet. Costs some turns: not for each packet.
  class Pause {
   public:
    explicit Pause(const ShardSet& shards) : shards_(shards) { shards_.pause(); }
    ~Pause() { shards_.resume_threads(); }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    const ShardSet& shards_;
  };

  /// All shards exchange their honeynet between two turns, at the same moment. `done` gets the old
  /// versions, to destroy them where that may take time.
  void adopt(const HoneynetVersion& next,
             const std::function<void(std::vector<HoneynetVersion> old)>& done);
  /// Returns the old ones, which all shards shared. See Engine::adopt().
  std::shared_ptr<const ReversePaths> adopt(const std::shared_ptr<const ReversePaths>& next);
  void adopt(const std::shared_ptr<const SignatureDatabase>& next);
  void change_interface(InterfaceId interface, const InterfaceSettings& settings);
  /// See Engine::leave_to_machine().
  void leave_to_machine(const AddressSet& addresses);
  /// The interface of a device was opened again, or may work again.
  void resume(std::size_t device);
  /// Without it, the main thread destroys what engines release.
  void on_release(const ReleaseObjects& release);
  /// Programs of services see this from now on.
  void show(const SandboxView& view) { services_->show(view); }
  /// Starts the subsystems of the honeynet. Call it after the first show(): adopt() does it for
  /// later versions.
  void start_subsystems();

  // The same in all shards. Only the main thread changes them.
  const std::shared_ptr<const Honeynet>& honeynet() const { return first().honeynet(); }
  const AddressSet& claimed() const { return first().claimed(); }
  const std::vector<InterfaceSettings>& interfaces() const { return first().interfaces(); }
  const HashKey& host_key() const { return first().host_key(); }

  /// The sum over all shards.
  ShardSetStatus status(Instant now) const;
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
  void pause() const;
  void resume_threads() const;

  const Dependencies deps_;
  std::unique_ptr<ServiceRunner> services_;
  std::unique_ptr<LocalExchange> local_;           // of a single shard
  std::unique_ptr<ShardCoordinator> coordinator_;  // of several
  std::unique_ptr<FrameExchange> frames_;          // of several; null: not needed
  std::vector<std::unique_ptr<EventLoop>> loops_;  // of several
  std::vector<std::unique_ptr<Shard>> shards_;
  mutable int pauses_ = 0;                             // that live
  std::vector<std::unique_ptr<ShardThread>> threads_;  // last: they use all of the above
};

}  // namespace apiary
