#include "daemon/config_reloader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "daemon/thread_obstacle.h"
#include "setup/service_programs.h"

namespace apiary {

/// A version that the shards can adopt.
struct ConfigReloader::Prepared {
  std::shared_ptr<HoneynetVersion> version;
  Outcome outcome;
  std::shared_ptr<const SignatureDatabase> signatures{};  // nullptr: unchanged
  std::optional<SandboxView> view{};                      // of services; nothing: unchanged
};

ConfigReloader::ConfigReloader(Settings settings, ActiveConfigText active,
                               Dependencies dependencies)
    : settings_(std::move(settings)),
      deps_(dependencies),
      host_key_(dependencies.shards.host_key()),
      active_(std::move(active)),
      honeynet_(dependencies.shards.honeynet()),
      interfaces_(dependencies.shards.interfaces()),
      claimed_(dependencies.shards.claimed()) {}

void ConfigReloader::reload(Done done) {
  deps_.worker.run([this, done = std::move(done)]() -> BackgroundWorker::Completion {
    Built built = build_file_again(settings_.sources);
    if (deps_.worker.is_stopping()) return {};
    auto prepared = prepare(std::move(built));
    if (prepared) read_signatures(*prepared);
    return completion_of(std::move(prepared), done);
  });
}

void ConfigReloader::add(std::string statement, Done done) {
  change([this, statement = std::move(
                    statement)] { return build_with(active_, statement, settings_.sources); },
         std::move(done));
}

void ConfigReloader::replace(std::string text, Done done) {
  change(
      [this, text = std::move(text)] { return build_in_place(active_, text, settings_.sources); },
      std::move(done));
}

void ConfigReloader::follow(AddressSet leased, std::function<void(const std::string&)> failed) {
  deps_.worker.run([this, leased = std::move(leased),
                    failed = std::move(failed)]() -> BackgroundWorker::Completion {
    leased_ = leased;
    ReceiveFilter next = deps_.network.receive_filter();
    next.addresses = with_leased(claimed_);
    const auto received = deps_.network.receive(next);
    if (!received) return [failed, error = received.error()] { failed(error); };
    return {};
  });
}

AddressSet ConfigReloader::with_leased(const AddressSet& claimed) const {
  AddressSet all = claimed;
  for (const AddressRange& range : leased_.ranges()) all.add(range);
  return all;
}

void ConfigReloader::show(View view, std::function<void(std::string)> done) {
  deps_.worker.run(
      [this, view = std::move(view), done = std::move(done)]() -> BackgroundWorker::Completion {
        const auto text = std::make_shared<std::string>(view(active_, settings_.sources));
        return [done, text] { done(std::move(*text)); };
      });
}

void ConfigReloader::change(std::function<Built()> build, Done done) {
  deps_.worker.run(
      [this, build = std::move(build), done = std::move(done)]() -> BackgroundWorker::Completion {
        Built built = build();
        if (deps_.worker.is_stopping()) return {};
        return completion_of(prepare(std::move(built)), done);
      });
}

BackgroundWorker::Completion ConfigReloader::completion_of(
    tl::expected<Prepared, std::string> prepared, const Done& done) {
  if (prepared) return switch_to(std::move(*prepared), done);
  return [done, outcome = Outcome{.changed = false, .text = std::move(prepared.error())}] {
    done(outcome);
  };
}

void ConfigReloader::read_signatures(Prepared& prepared) const {
  LoadedSignatures loaded = load_signatures(settings_.sources.signatures);
  auto& notices = prepared.outcome.notices;
  for (std::string& error : loaded.errors) notices.push_back(printable(error));
  if (!loaded.problem.empty()) notices.push_back(printable(loaded.problem));
  for (const std::string& sentence : sentences_on_systems(*honeynet_, *loaded.database))
    notices.push_back(printable(sentence));
  prepared.signatures = std::move(loaded.database);
}

tl::expected<ConfigReloader::Prepared, std::string> ConfigReloader::prepare(Built built) {
  if (!built) return tl::unexpected(std::move(built.error()));
  const Configuration& configuration = built->configuration;
  const Honeynet& honeynet = *configuration.honeynet;
  if (const auto name = closed_device(honeynet))
    return tl::unexpected(fmt::format(
        "{} is not open, and a running daemon cannot open it: restart the daemon\n", *name));
  if (const auto obstacle = thread_obstacle(honeynet, deps_.shards.size()))
    return tl::unexpected(*obstacle + "\n");
  auto claim = claim_for(configuration);
  if (!claim) return tl::unexpected(claim.error() + "\n");

  Outcome outcome{.text = std::move(built->remarks),
                  .statements_since = built->active.statements_since};
  const AddressSet wanted_before = deps_.network.wanted();
  if (const auto reserved = deps_.network.reserve(deps_.network.wanted_by(configuration));
      !reserved)
    return tl::unexpected(reserved.error() + "\n");
  const AddressSet received_before = deps_.network.receive_filter().addresses;
  if (const auto received = receive_for(honeynet, claim->addresses); !received) {
    (void)deps_.network.reserve(wanted_before);
    return tl::unexpected(received.error() + "\n");
  }
  if (deps_.network.receive_filter().addresses.ranges() != received_before.ranges())
    outcome.notices = std::move(claim->remarks);
  for (std::string& sentence : dhcp_hosts_without_link(honeynet, interfaces_))
    outcome.notices.push_back(std::move(sentence));
  for (MissingProgram& missing : missing_programs(configuration.scripts, settings_.services))
    outcome.notices.push_back(std::move(missing.sentence));
  honeynet_ = configuration.honeynet;
  claimed_ = claim->addresses;
  SandboxView view = service_view(settings_.services, files_of(built->active, settings_.sources),
                                  configuration.scripts);
  active_ = std::move(built->active);
  return Prepared{
      std::make_shared<HoneynetVersion>(HoneynetVersion{honeynet_, std::move(claim->addresses)}),
      std::move(outcome),
      {},
      std::move(view)};
}

/// Makes devices and guards receive for `honeynet` at `claimed`, and for leased addresses.
tl::expected<void, std::string> ConfigReloader::receive_for(const Honeynet& honeynet,
                                                            const AddressSet& claimed) {
  ReceiveFilter filter = receive_filter_of(honeynet, claimed, interfaces_, host_key_);
  filter.addresses = with_leased(claimed);
  return deps_.network.receive(filter);
}

void ConfigReloader::follow_machine(std::vector<InterfaceSettings> interfaces,
                                    std::vector<std::string> reopened, const AddressSet& machines,
                                    Done done) {
  machines_ = machines;
  deps_.worker.run([this, interfaces = std::move(interfaces), reopened = std::move(reopened),
                    done = std::move(done)]() -> BackgroundWorker::Completion {
    interfaces_ = interfaces;
    auto prepared = prepare_for_machine(reopened);
    if (prepared)
      return [this, prepared = std::move(*prepared), done]() mutable {
        // The shards alone have given up addresses that the machine had for a moment.
        const AddressSet back =
            without(without(prepared.version->claimed, machines_), deps_.shards.claimed());
        if (!back.empty())
          prepared.outcome.notices.push_back(fmt::format(
              "answering for {} again: this machine no longer has the address", to_string(back)));
        switch_to(std::move(prepared), done)();
      };
    return [done, outcome = Outcome{.changed = false, .text = prepared.error()}] { done(outcome); };
  });
}

tl::expected<ConfigReloader::Prepared, std::string> ConfigReloader::prepare_for_machine(
    std::span<const std::string> reopened) {
  Outcome outcome{.notices = deps_.network.restore_guards(reopened)};
  auto claim = exclude_own_addresses(deps_.network.wanted());
  if (!claim) return tl::unexpected(claim.error());
  if (const auto received = receive_for(*honeynet_, claim->addresses); !received)
    return tl::unexpected(received.error());
  claimed_ = claim->addresses;
  return Prepared{
      std::make_shared<HoneynetVersion>(HoneynetVersion{honeynet_, std::move(claim->addresses)}),
      std::move(outcome)};
}

/// An interface or tunnel that `honeynet` needs and that is not open. To open it would take
/// privileges, which the daemon has dropped.
std::optional<std::string> ConfigReloader::closed_device(const Honeynet& honeynet) const {
  std::vector<std::string> names = inside_interfaces(honeynet);
  for (const TunnelEnds& ends : honeynet.topology().tunnels()) names.push_back(to_string(ends));
  const auto found = std::ranges::find_if(
      names, [&](const std::string& name) { return !deps_.network.has_device(name); });
  return found == names.end() ? std::nullopt : std::optional{*found};
}

tl::expected<Claim, std::string> ConfigReloader::claim_for(
    const Configuration& configuration) const {
  auto claim = exclude_own_addresses(deps_.network.wanted_by(configuration));
  if (claim && claim->addresses.empty() && configuration.honeynet->parts().dhcp.empty())
    return tl::unexpected(
        fmt::format("no addresses to answer for: {} binds and routes none that can be claimed",
                    settings_.sources.configuration));
  return claim;
}

/// Returns what the loop does with a version: the shards adopt it, and the worker destroys the old
/// ones, which takes milliseconds for tens of thousands of hosts.
BackgroundWorker::Completion ConfigReloader::switch_to(Prepared prepared, Done done) {
  return [this, done = std::move(done), prepared = std::move(prepared)] {
    HoneynetVersion& next = *prepared.version;
    next.claimed = without(std::move(next.claimed), machines_);
    if (prepared.signatures != nullptr) deps_.shards.adopt(prepared.signatures);
    // Before an engine can start a program of the new version.
    if (prepared.view) deps_.shards.show(*prepared.view);
    deps_.shards.adopt(
        next, [this, done, outcome = prepared.outcome](std::vector<HoneynetVersion> versions) {
          deps_.worker.destroy(std::move(versions));
          done(outcome);
        });
  };
}

}  // namespace apiary
