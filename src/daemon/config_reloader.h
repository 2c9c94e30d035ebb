#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/claimed_network.h"
#include "daemon/shard_set.h"
#include "honeynet/honeynet.h"
#include "loop/background_worker.h"
#include "setup/active_config_text.h"
#include "setup/claim.h"
#include "setup/service_view.h"

namespace apiary {

/// Changes the configuration while the daemon runs. In the background, one change after the other,
/// it builds the next version beside the active one and adapts the claimed network. Then the shards
/// adopt it, between two turns, and the worker destroys the old version. A version with errors
/// changes nothing.
class ConfigReloader {
 public:
  struct Settings {
    ConfigurationSources sources;
    ServicePolicy services;
  };
  /// All must outlive this object, which alone changes `network` from now on.
  struct Dependencies {
    ShardSet& shards;
    BackgroundWorker& worker;
    ClaimedNetwork& network;
  };
  /// The result of a change.
  struct Outcome {
    bool changed = true;
    std::string text{};                  // warnings, or all errors
    std::vector<std::string> notices{};  // sentences for the log
    std::size_t statements_since = 0;
  };
  using Done = std::function<void(const Outcome&)>;

  ConfigReloader(Settings settings, ActiveConfigText active, Dependencies dependencies);

  // The loop's thread calls these, and they call it back: `done` when the change is complete.
  /// Reads the configuration file and the signatures again.
  void reload(Done done);
  /// Adds a statement to the active configuration.
  void add(std::string statement, Done done);
  /// Replaces the active configuration by `text`.
  void replace(std::string text, Done done);
  /// Receives packets for `leased` in addition to the claimed addresses; calls `failed` with a
  /// sentence if that is impossible.
  void follow(AddressSet leased, std::function<void(const std::string&)> failed);
  /// The machine changed: these are its interfaces now, `reopened` names those that were recreated,
  /// and it has the addresses `machines`. Computes the claim again. From now on it never claims
  /// `machines`, not even for a change that is being prepared.
  void follow_machine(std::vector<InterfaceSettings> interfaces, std::vector<std::string> reopened,
                      const AddressSet& machines, Done done);
  /// Computes `view` of the active configuration in the background, and gives it to `done`.
  using View = std::function<std::string(const ActiveConfigText&, const ConfigurationSources&)>;
  void show(View view, std::function<void(std::string)> done);

 private:
  using Built = tl::expected<BuiltText, std::string>;
  struct Prepared;

  void change(std::function<Built()> build, Done done);
  BackgroundWorker::Completion completion_of(tl::expected<Prepared, std::string> prepared,
                                             const Done& done);
  void read_signatures(Prepared& prepared) const;
  tl::expected<Prepared, std::string> prepare(Built built);
  tl::expected<Prepared, std::string> prepare_for_machine(std::span<const std::string> reopened);
  std::optional<std::string> closed_device(const Honeynet& honeynet) const;
  tl::expected<Claim, std::string> claim_for(const Configuration& configuration) const;
  tl::expected<void, std::string> receive_for(const Honeynet& honeynet, const AddressSet& claimed);
  AddressSet with_leased(const AddressSet& claimed) const;
  BackgroundWorker::Completion switch_to(Prepared prepared, Done done);

  const Settings settings_;
  const Dependencies deps_;
  const HashKey host_key_;
  AddressSet machines_;  // the loop's: as follow_machine() got them last
  // The worker's:
  ActiveConfigText active_;
  std::shared_ptr<const Honeynet> honeynet_;
  std::vector<InterfaceSettings> interfaces_;
  AddressSet claimed_, leased_;
};

}  // namespace apiary
