#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "device/device.h"
#include "device/kernel_silence.h"
#include "engine/engine.h"
#include "runtime/background_worker.h"
#include "runtime/claim.h"
#include "runtime/living_text.h"

namespace apiary {

/// Changes of the configuration while the daemon runs. The next version is built beside the present
/// one, in the background and one after the other; the devices are made to take what it claims;
/// then the engine goes over to it, between two turns, and the old one is let go in the background.
/// What has errors changes nothing.
class Reconfiguration {
 public:
  struct Settings {
    ConfigurationSources sources;
    AddressSet nets;  // to claim; empty: what the configuration binds and routes
    std::string service_directory, service_user;
    std::vector<std::string> inner_interfaces{};  // on whose links real machines are
  };
  /// What a running daemon has, all of which outlives this object. The silences are this object's
  /// to change from now on.
  struct Surroundings {
    Engine& engine;
    BackgroundWorker& worker;
    std::span<const std::unique_ptr<Device>> devices;
    std::span<KernelSilence> silences;
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
  Reconfiguration(Settings settings, LivingText present, Reception reception, Surroundings around);

  /// Reads the file anew. `done` is called on the loop's thread when the engine has gone over.
  void reload(Done done);
  /// Adds a statement to the present configuration.
  void add(std::string statement, Done done);
  /// Goes over to `text` in place of the present configuration.
  void replace(std::string text, Done done);
  /// Receives for `leased` besides what is claimed; `failed` hears on the loop's thread why not.
  void follow(AddressSet leased, std::function<void(const std::string&)> failed);
  /// Has `view` made of the present configuration, in the background, and given to `done` on the
  /// loop's thread.
  using View = std::function<std::string(const LivingText&, const ConfigurationSources&)>;
  void show(View view, std::function<void(std::string)> done);

 private:
  using Built = tl::expected<BuiltText, std::string>;
  struct Prepared;

  void change(std::function<Built()> build, Done done);
  tl::expected<Prepared, std::string> prepare(Built built);
  std::optional<std::string> closed_portal(const Honeynet& honeynet) const;
  tl::expected<Claim, std::string> claim_for(const Configuration& configuration) const;
  tl::expected<void, std::string> receive_everywhere(const Reception& next);
  AddressSet with_leased(const AddressSet& claimed) const;
  BackgroundWorker::Sequel go_over_to(Prepared prepared, Done done);

  const Settings settings_;
  const Surroundings around_;
  // The worker's, as are the silences.
  LivingText present_;
  AddressSet claimed_, leased_;
  Reception reception_;
};

}  // namespace apiary
