#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "control/daemon_interface.h"
#include "daemon/event_pipeline.h"
#include "daemon/shard_set.h"
#include "device/device.h"
#include "device/link_monitor.h"

namespace spdlog {
class logger;
}

namespace apiary {

/// Follows the interfaces and addresses of the machine: interfaces that go down, are removed or
/// come back, or change their MAC address, MTU or gateway; addresses that the machine gets or
/// loses.
class InterfaceFollower {
 public:
  /// The machine changed: these are the interfaces now, `reopened` names those that were recreated,
  /// and the machine has the addresses `machines`.
  using MachineChanged =
      std::function<void(std::vector<InterfaceSettings> interfaces,
                         std::vector<std::string> reopened, const AddressSet& machines)>;
  /// All must outlive this object. `monitor` has listened since before the devices were opened.
  struct Dependencies {
    LinkMonitor& monitor;
    ShardSet& shards;
    EventPipeline& pipeline;
    spdlog::logger& log;
    std::span<const std::unique_ptr<Device>> devices;
  };

  InterfaceFollower(Dependencies dependencies, MachineChanged machine_changed);

  /// Handles what has changed. Call it after each turn of the loop.
  void follow(Instant now);
  /// When follow() has something to do even if nothing changes; Instant::max(): never.
  Instant next_due() const { return next_check_; }

  /// The states of the devices.
  const std::vector<InterfaceState>& states() const { return states_; }
  bool any_is_gone() const;

 private:
  void follow_devices(const MachineNetwork& machine, std::vector<std::string>& reopened);
  void note_state(std::size_t index, const Followed& found);
  void note_failure(std::size_t index, const SystemError& error);
  bool take_settings(std::size_t index, std::span<const OwnAddress> addresses,
                     std::span<const SeenRoute> routes);
  void leave_to_machine(std::span<const OwnAddress> addresses);
  void report(events::DaemonEvent::Kind what, const std::string& sentence);

  const Dependencies deps_;
  const MachineChanged machine_changed_;
  Instant next_check_{};  // the first check is due immediately
  bool has_looked_ = false;
  std::vector<InterfaceState> states_;
  std::vector<std::string> failures_;  // why a device could not be reopened; empty: it could
  std::vector<bool> reopened_;         // at the last look
  AddressSet machines_;                // belonging_to_machine(), at the last look
};

std::string_view to_string(InterfaceState state);

}  // namespace apiary
