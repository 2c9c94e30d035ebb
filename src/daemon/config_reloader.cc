#include "daemon/config_reloader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "setup/service_programs.h"

namespace apiary {

/// A version that the engine can go over to, and what there is to say about it.
struct ConfigReloader::Prepared {
  std::shared_ptr<HoneynetVersion> world;
  Outcome outcome;
  std::shared_ptr<const SignatureDatabase> signatures{};  // null: as they are
  std::optional<SandboxView> view{};                      // of services; nothing: as it is
};

ConfigReloader::ConfigReloader(Settings settings, ActiveConfigText present, ReceiveFilter filter,
                               Dependencies dependencies)
    : settings_(std::move(settings)),
      deps_(dependencies),
      present_(std::move(present)),
      honeynet_(dependencies.engine.honeynet()),
      interfaces_(dependencies.engine.interfaces()),
      wanted_(settings_.wanted),
      claimed_(dependencies.engine.claimed()),
      receive_filter_(std::move(filter)) {}

void ConfigReloader::reload(Done done) {
  deps_.worker.run([this, done = std::move(done)]() -> BackgroundWorker::Completion {
    Built built = build_file_again(settings_.sources);
    if (deps_.worker.is_stopping()) return {};
    auto prepared = prepare(std::move(built));
    if (prepared) read_signatures(*prepared);
    return sequel_of(std::move(prepared), done);
  });
}

void ConfigReloader::add(std::string statement, Done done) {
  change([this, statement = std::move(
                    statement)] { return build_with(present_, statement, settings_.sources); },
         std::move(done));
}

void ConfigReloader::replace(std::string text, Done done) {
  change(
      [this, text = std::move(text)] { return build_in_place(present_, text, settings_.sources); },
      std::move(done));
}

void ConfigReloader::follow(AddressSet leased, std::function<void(const std::string&)> failed) {
  deps_.worker.run([this, leased = std::move(leased),
                    failed = std::move(failed)]() -> BackgroundWorker::Completion {
    leased_ = leased;
    ReceiveFilter next = receive_filter_;
    next.addresses = with_leased(claimed_);
    const auto received = receive_everywhere(next);
    if (!received) return [failed, error = received.error()] { failed(error); };
    receive_filter_ = std::move(next);
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
        const auto text = std::make_shared<std::string>(view(present_, settings_.sources));
        return [done, text] { done(std::move(*text)); };
      });
}

void ConfigReloader::change(std::function<Built()> build, Done done) {
  deps_.worker.run(
      [this, build = std::move(build), done = std::move(done)]() -> BackgroundWorker::Completion {
        Built built = build();
        if (deps_.worker.is_stopping()) return {};
        return sequel_of(prepare(std::move(built)), done);
      });
}

BackgroundWorker::Completion ConfigReloader::sequel_of(tl::expected<Prepared, std::string> prepared,
                                                       const Done& done) {
  if (prepared) return switch_to(std::move(*prepared), done);
  return [done, outcome = Outcome{.changed = false, .text = std::move(prepared.error())}] {
    done(outcome);
  };
}

/// Reads the signatures of visitors' systems again.
void ConfigReloader::read_signatures(Prepared& prepared) const {
  LoadedSignatures loaded = load_signatures(settings_.sources.signatures);
  auto& notices = prepared.outcome.notices;
  for (std::string& complaint : loaded.complaints) notices.push_back(printable(complaint));
  if (!loaded.problem.empty()) notices.push_back(printable(loaded.problem));
  for (const std::string& sentence : sentences_on_systems(*honeynet_, *loaded.database))
    notices.push_back(printable(sentence));
  prepared.signatures = std::move(loaded.database);
}

tl::expected<ConfigReloader::Prepared, std::string> ConfigReloader::prepare(Built built) {
  if (!built) return tl::unexpected(std::move(built.error()));
  if (const auto name = link_down(*built->configuration.honeynet))
    return tl::unexpected(fmt::format(
        "{} is not open, and a running daemon cannot open it: restart the daemon\n", *name));
  auto claim = claim_for(built->configuration);
  if (!claim) return tl::unexpected(claim.error() + "\n");

  Outcome outcome{.text = std::move(built->remarks),
                  .statements_since = built->living.statements_since};
  const Honeynet& honeynet = *built->configuration.honeynet;
  const AddressSet wanted =
      settings_.nets.empty() ? built->configuration.addresses : settings_.nets;
  if (const auto held = hold(wanted); !held) return tl::unexpected(held.error() + "\n");
  ReceiveFilter filter =
      receive_filter_of(honeynet, claim->addresses, interfaces_, deps_.engine.host_key());
  filter.addresses = with_leased(claim->addresses);
  if (filter != receive_filter_) {
    if (const auto received = receive_everywhere(filter); !received) {
      (void)hold(wanted_);
      return tl::unexpected(received.error() + "\n");
    }
    if (filter.addresses.ranges() != receive_filter_.addresses.ranges())
      outcome.notices = std::move(claim->remarks);
    receive_filter_ = std::move(filter);
  }
  honeynet_ = built->configuration.honeynet;
  wanted_ = wanted;
  claimed_ = claim->addresses;
  for (std::string& sentence : dhcp_hosts_without_link(honeynet, interfaces_))
    outcome.notices.push_back(std::move(sentence));
  for (MissingProgram& missing : missing_programs(built->configuration.scripts, settings_.services))
    outcome.notices.push_back(std::move(missing.sentence));
  SandboxView view = service_view(settings_.services, files_of(built->living, settings_.sources),
                                  built->configuration.scripts);
  present_ = std::move(built->living);
  return Prepared{std::make_shared<HoneynetVersion>(HoneynetVersion{
                      std::move(built->configuration.honeynet), std::move(claim->addresses)}),
                  std::move(outcome),
                  {},
                  std::move(view)};
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
        // What the machine had for a moment, the engine alone has let go.
        const AddressSet back =
            without(without(prepared.world->claimed, machines_), deps_.engine.claimed());
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
  Outcome outcome;
  for (const std::span<KernelGuard> guards : {deps_.guards, deps_.inside_guards})
    for (KernelGuard& guard : guards)
      if (std::ranges::find(reopened, guard.interface()) != reopened.end())
        if (const auto imposed = guard.impose_again(); !imposed)
          outcome.notices.push_back(
              fmt::format("the kernel may disturb conversations: {}", to_string(imposed.error())));
  auto claim = exclude_own_addresses(wanted_);
  if (!claim) return tl::unexpected(claim.error());
  ReceiveFilter filter =
      receive_filter_of(*honeynet_, claim->addresses, interfaces_, deps_.engine.host_key());
  filter.addresses = with_leased(claim->addresses);
  if (filter != receive_filter_) {
    if (const auto received = receive_everywhere(filter); !received)
      return tl::unexpected(received.error());
    receive_filter_ = std::move(filter);
  }
  claimed_ = claim->addresses;
  return Prepared{
      std::make_shared<HoneynetVersion>(HoneynetVersion{honeynet_, std::move(claim->addresses)}),
      std::move(outcome)};
}

tl::expected<void, std::string> ConfigReloader::hold(const AddressSet& wanted) {
  if (!deps_.hold) return {};
  return deps_.hold(wanted);
}

/// An interface or tunnel that leads to something real in `honeynet` and is not open: to open it
/// would take privileges that were given up.
std::optional<std::string> ConfigReloader::link_down(const Honeynet& honeynet) const {
  std::vector<std::string> names = inside_interfaces(honeynet);
  for (const TunnelEnds& ends : honeynet.topology().tunnels()) names.push_back(to_string(ends));
  const auto is_closed = [&](const std::string& name) {
    return std::none_of(
        deps_.devices.begin(), deps_.devices.end(),
        [&](const std::unique_ptr<Device>& device) { return device->name() == name; });
  };
  const auto found = std::find_if(names.begin(), names.end(), is_closed);
  return found == names.end() ? std::nullopt : std::optional{*found};
}

tl::expected<Claim, std::string> ConfigReloader::claim_for(
    const Configuration& configuration) const {
  const AddressSet& wanted = settings_.nets.empty() ? configuration.addresses : settings_.nets;
  auto claim = exclude_own_addresses(wanted);
  if (claim && claim->addresses.empty() && configuration.honeynet->parts().dhcp.empty())
    return tl::unexpected(
        fmt::format("no addresses to answer for: {} binds and routes none that can be claimed",
                    settings_.sources.configuration));
  return claim;
}

/// Makes all that draws packets here follow, or leaves it as it was.
tl::expected<void, std::string> ConfigReloader::receive_everywhere(const ReceiveFilter& next) {
  const auto receive = [this](const ReceiveFilter& filter) -> tl::expected<void, SystemError> {
    for (const auto& device : deps_.devices)
      if (auto claimed = device->set_receive_filter(
              receive_filter_at(device->name(), filter, settings_.inside_interfaces));
          !claimed)
        return claimed;
    for (KernelGuard& guard : deps_.guards)
      if (auto covered = guard.change_to(filter.addresses); !covered) return covered;
    return {};
  };
  const auto received = receive(next);
  if (received) return {};
  (void)receive(receive_filter_);
  return tl::unexpected(to_string(received.error()));
}

BackgroundWorker::Completion ConfigReloader::switch_to(Prepared prepared, Done done) {
  return [this, done = std::move(done), prepared = std::move(prepared)] {
    prepared.world->claimed = without(std::move(prepared.world->claimed), machines_);
    *prepared.world = deps_.engine.adopt(std::move(*prepared.world));
    if (prepared.signatures != nullptr) (void)deps_.engine.adopt(prepared.signatures);
    // Before the engine can start a program of the new version.
    if (prepared.view && deps_.show_to_services) deps_.show_to_services(*prepared.view);
    // The world that was is let go by the worker: tens of thousands of hosts take milliseconds.
    deps_.worker.run([old = prepared.world]() -> BackgroundWorker::Completion {
      *old = {};
      return {};
    });
    done(prepared.outcome);
  };
}

}  // namespace apiary
