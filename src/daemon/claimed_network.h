#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/keyed_hash.h"
#include "config/build.h"
#include "daemon/run_options.h"
#include "device/daemon_registry.h"
#include "device/device.h"
#include "device/kernel_guard.h"
#include "device/link_monitor.h"
#include "setup/claim.h"

namespace spdlog {
class logger;
}

namespace apiary {

/// The addresses that this daemon answers for, and what makes it the only one that does: its
/// devices, its entry in the registry of daemons, and the guards that keep the kernel silent.
class ClaimedNetwork {
 public:
  /// Decides which addresses to claim and opens everything, as root. Warnings go to `log`. Error: a
  /// sentence.
  static tl::expected<std::unique_ptr<ClaimedNetwork>, std::string> open(
      const RunOptions& options, const Configuration& configuration, const HashKey& host_key,
      spdlog::logger& log);

  /// The physical hosts are on the links of the interfaces `inside`. `nets`: the addresses to
  /// claim; empty: those that the configuration binds and routes.
  ClaimedNetwork(std::vector<std::unique_ptr<Device>> devices, std::vector<std::string> inside,
                 AddressSet nets, ReceiveFilter filter);

  // These never change; any thread may call them.
  std::span<const std::unique_ptr<Device>> devices() const { return devices_; }
  bool has_device(std::string_view name) const;
  /// The addresses that `configuration` is to answer for, before exclude_own_addresses().
  const AddressSet& wanted_by(const Configuration& configuration) const {
    return nets_.empty() ? configuration.addresses : nets_;
  }

  // One thread calls these: that of open(), then the background worker.
  /// Makes devices and guards receive for `filter`, or leaves them as they were. Error: a sentence.
  tl::expected<void, std::string> receive(const ReceiveFilter& filter);
  const ReceiveFilter& receive_filter() const { return receive_filter_; }
  /// Reserves `wanted` among the daemons of this machine in place of wanted(). Error: a sentence;
  /// another daemon has some of them.
  tl::expected<void, std::string> reserve(const AddressSet& wanted);
  const AddressSet& wanted() const { return wanted_; }
  /// Restores the guards of interfaces that were recreated. Returns a sentence for each failure.
  std::vector<std::string> restore_guards(std::span<const std::string> recreated);

  // The loop's thread calls these.
  LinkMonitor& monitor() { return *monitor_; }
  /// Readable when answer_daemons() has something to do.
  int registry_descriptor() const { return registry_->descriptor(); }
  void answer_daemons() { registry_->answer(); }

  /// Removes rules and routes of this daemon from the kernel, for an exit without destructors.
  void remove_guards() { (void)remove_orphaned_guards(registry_->number()); }

 private:
  tl::expected<void, SystemError> apply(const ReceiveFilter& filter);
  tl::expected<void, std::string> join_daemons(spdlog::logger& log);
  void guard_kernel(spdlog::logger& log);
  bool is_inside(std::string_view name) const;

  std::optional<LinkMonitor> monitor_;
  std::unique_ptr<DaemonRegistry> registry_;
  const std::vector<std::unique_ptr<Device>> devices_;
  const std::vector<std::string> inside_;
  const AddressSet nets_;
  std::vector<KernelGuard> guards_, inside_guards_;
  AddressSet wanted_;
  ReceiveFilter receive_filter_;
};

}  // namespace apiary
