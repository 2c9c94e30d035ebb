#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "control/daemon_interface.h"
#include "daemon/event_pipeline.h"
#include "daemon/shard_loop.h"
#include "device/device.h"
#include "device/link_monitor.h"
#include "engine/engine.h"
#include "loop/event_loop.h"

namespace spdlog {
class logger;
}

namespace apiary {

/// Has a running daemon follow its machine: interfaces that go down, go away and come back, whose
/// MAC address, MTU or gateway change, and addresses that the machine gets or loses.
class InterfaceFollower {
 public:
  /// The claim is to be settled again: these are the interfaces now, `reopened` names those that
  /// were made again, and the machine has the addresses `machines`.
  using Resettle =
      std::function<void(std::vector<InterfaceSettings> interfaces,
                         std::vector<std::string> reopened, const AddressSet& machines)>;
  /// What a running daemon has, all of which outlives this object.
  struct Dependencies {
    Engine& engine;
    ShardLoop& loop;
    EventLoop& events;
    EventPipeline& pipeline;
    spdlog::logger& log;
    std::span<const std::unique_ptr<Device>> devices;
  };

  /// `monitor` has listened since before the devices were opened.
  InterfaceFollower(LinkMonitor monitor, Dependencies dependencies, Resettle resettle);

  /// Looks at what has changed. Call it after each turn of the loop.
  void follow(Instant now);
  /// When follow() next has something to do, unless something changes; Instant::max(): never.
  Instant next_due() const { return next_check_; }

  /// Of the devices.
  const std::vector<InterfaceState>& states() const { return states_; }
  bool any_is_gone() const;

 private:
  void follow_devices(const MachineNetwork& machine, std::vector<std::string>& reopened);
  void note_state(std::size_t index, const Followed& found);
  void note_failure(std::size_t index, const SystemError& error);
  bool take_settings(std::size_t index, std::span<const OwnAddress> addresses,
                     std::span<const SeenRoute> routes);
  void leave_to_machine(std::span<const OwnAddress> addresses);
  void tell(events::DaemonEvent::Kind what, const std::string& sentence);

  LinkMonitor monitor_;
  const Dependencies deps_;
  const Resettle resettle_;
  Instant next_check_{};  // the first check is due immediately
  bool has_looked_ = false;
  std::vector<InterfaceState> states_;
  std::vector<std::string> failures_;  // why a device could not be opened again; empty: it could
  std::vector<bool> reopened_;         // at the last look
  AddressSet machines_;                // belonging_to_machine(), as seen last
};

std::string_view to_string(InterfaceState state);

}  // namespace apiary
