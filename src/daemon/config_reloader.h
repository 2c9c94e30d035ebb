#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "device/device.h"
#include "device/kernel_guard.h"
#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "loop/background_worker.h"
#include "setup/active_config_text.h"
#include "setup/claim.h"
#include "setup/service_view.h"

namespace apiary {

/// Changes of the configuration while the daemon runs. The next version is built beside the present
/// one, in the background and one after the other; the devices are made to take what it claims;
/// then the engine goes over to it, between two turns, and the old one is let go in the background.
/// What has errors changes nothing.
class ConfigReloader {
 public:
  struct Settings {
    ConfigurationSources sources;
    AddressSet nets;  // to claim; empty: what the configuration binds and routes
    ServicePolicy services;
    std::vector<std::string> inside_interfaces{};  // on whose links real machines are
    AddressSet wanted{};  // what nets, or the present configuration, want claimed
  };
  /// What a running daemon has, all of which outlives this object. The silences are this object's
  /// to change from now on.
  struct Dependencies {
    Engine& engine;
    BackgroundWorker& worker;
    std::span<const std::unique_ptr<Device>> devices;
    std::span<KernelGuard> guards;
    std::span<KernelGuard> inside_guards{};
    /// Has the other daemons of this machine respect the claim of these addresses; may be empty.
    /// Error: a sentence; one of them has some.
    std::function<tl::expected<void, std::string>(const AddressSet& wanted)> hold{};
    /// Gives services this view from now on; may be empty.
    std::function<void(const SandboxView& view)> show_to_services{};
  };
  /// What became of a change: what there is to say about it.
  struct Outcome {
    bool changed = true;
    std::string text{};                  // remarks, or everything that is wrong
    std::vector<std::string> notices{};  // sentences for the log
    std::size_t statements_since = 0;
  };
  using Done = std::function<void(const Outcome&)>;

  /// `reception` is what the devices receive now.
  ConfigReloader(Settings settings, ActiveConfigText present, ReceiveFilter filter,
                 Dependencies dependencies);

  /// Reads the file again, and the signatures of visitors' systems. `done` is called on the loop's
  /// thread when the engine has gone over.
  void reload(Done done);
  /// Adds a statement to the present configuration.
  void add(std::string statement, Done done);
  /// Goes over to `text` in place of the present configuration.
  void replace(std::string text, Done done);
  /// Receives for `leased` besides what is claimed; `failed` hears on the loop's thread why not.
  void follow(AddressSet leased, std::function<void(const std::string&)> failed);
  /// The machine has become another: its interfaces are these now, of which `reopened` were made
  /// again, and it has the addresses `machines`. Claims what may be claimed now; `machines` are
  /// never claimed from now on, even if what is being prepared would.
  void follow_machine(std::vector<InterfaceSettings> interfaces, std::vector<std::string> reopened,
                      const AddressSet& machines, Done done);
  /// Has `view` made of the present configuration, in the background, and given to `done` on the
  /// loop's thread.
  using View = std::function<std::string(const ActiveConfigText&, const ConfigurationSources&)>;
  void show(View view, std::function<void(std::string)> done);

 private:
  using Built = tl::expected<BuiltText, std::string>;
  struct Prepared;

  void change(std::function<Built()> build, Done done);
  BackgroundWorker::Completion sequel_of(tl::expected<Prepared, std::string> prepared,
                                         const Done& done);
  void read_signatures(Prepared& prepared) const;
  tl::expected<Prepared, std::string> prepare(Built built);
  tl::expected<Prepared, std::string> prepare_for_machine(std::span<const std::string> reopened);
  std::optional<std::string> link_down(const Honeynet& honeynet) const;
  tl::expected<Claim, std::string> claim_for(const Configuration& configuration) const;
  tl::expected<void, std::string> receive_everywhere(const ReceiveFilter& next);
  tl::expected<void, std::string> hold(const AddressSet& wanted);
  AddressSet with_leased(const AddressSet& claimed) const;
  BackgroundWorker::Completion switch_to(Prepared prepared, Done done);

  const Settings settings_;
  const Dependencies deps_;
  AddressSet machines_;  // the loop's: as follow_machine() heard last
  // The worker's, as are the silences.
  ActiveConfigText present_;
  std::shared_ptr<const Honeynet> honeynet_;
  std::vector<InterfaceSettings> interfaces_;
  AddressSet wanted_, claimed_, leased_;
  ReceiveFilter receive_filter_;
};

}  // namespace apiary
