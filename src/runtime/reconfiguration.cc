#include "runtime/reconfiguration.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/service_programs.h"

namespace apiary {

/// A version that the engine can go over to, and what there is to say about it.
struct Reconfiguration::Prepared {
  std::shared_ptr<HoneynetVersion> world;
  Outcome outcome;
};

Reconfiguration::Reconfiguration(Settings settings, LivingText present, Reception reception,
                                 Surroundings around)
    : settings_(std::move(settings)),
      around_(around),
      present_(std::move(present)),
      honeynet_(around.engine.honeynet()),
      interfaces_(around.engine.interfaces()),
      wanted_(settings_.wanted),
      claimed_(around.engine.claimed()),
      reception_(std::move(reception)) {}

void Reconfiguration::reload(Done done) {
  change([this] { return build_file_again(settings_.sources); }, std::move(done));
}

void Reconfiguration::add(std::string statement, Done done) {
  change([this, statement = std::move(
                    statement)] { return build_with(present_, statement, settings_.sources); },
         std::move(done));
}

void Reconfiguration::replace(std::string text, Done done) {
  change(
      [this, text = std::move(text)] { return build_in_place(present_, text, settings_.sources); },
      std::move(done));
}

void Reconfiguration::follow(AddressSet leased, std::function<void(const std::string&)> failed) {
  around_.worker.run(
      [this, leased = std::move(leased), failed = std::move(failed)]() -> BackgroundWorker::Sequel {
        leased_ = leased;
        Reception next = reception_;
        next.addresses = with_leased(claimed_);
        const auto received = receive_everywhere(next);
        if (!received) return [failed, error = received.error()] { failed(error); };
        reception_ = std::move(next);
        return {};
      });
}

AddressSet Reconfiguration::with_leased(const AddressSet& claimed) const {
  AddressSet all = claimed;
  for (const AddressRange& range : leased_.ranges()) all.add(range);
  return all;
}

void Reconfiguration::show(View view, std::function<void(std::string)> done) {
  around_.worker.run(
      [this, view = std::move(view), done = std::move(done)]() -> BackgroundWorker::Sequel {
        const auto text = std::make_shared<std::string>(view(present_, settings_.sources));
        return [done, text] { done(std::move(*text)); };
      });
}

void Reconfiguration::change(std::function<Built()> build, Done done) {
  around_.worker.run(
      [this, build = std::move(build), done = std::move(done)]() -> BackgroundWorker::Sequel {
        Built built = build();
        if (around_.worker.is_stopping()) return {};
        auto prepared = prepare(std::move(built));
        if (prepared) return go_over_to(std::move(*prepared), done);
        return [done, outcome = Outcome{.changed = false, .text = std::move(prepared.error())}] {
          done(outcome);
        };
      });
}

tl::expected<Reconfiguration::Prepared, std::string> Reconfiguration::prepare(Built built) {
  if (!built) return tl::unexpected(std::move(built.error()));
  if (const auto name = link_down(*built->configuration.honeynet))
    return tl::unexpected(
        fmt::format("{} is not open, and a running daemon may not open it: restart it\n", *name));
  auto claim = claim_for(built->configuration);
  if (!claim) return tl::unexpected(claim.error() + "\n");

  Outcome outcome{.text = std::move(built->remarks),
                  .statements_since = built->living.statements_since};
  const Honeynet& honeynet = *built->configuration.honeynet;
  const AddressSet wanted =
      settings_.nets.empty() ? built->configuration.addresses : settings_.nets;
  if (const auto held = hold(wanted); !held) return tl::unexpected(held.error() + "\n");
  Reception reception =
      reception_of(honeynet, claim->addresses, interfaces_, around_.engine.host_key());
  reception.addresses = with_leased(claim->addresses);
  if (reception != reception_) {
    if (const auto received = receive_everywhere(reception); !received) {
      (void)hold(wanted_);
      return tl::unexpected(received.error() + "\n");
    }
    if (reception.addresses.ranges() != reception_.addresses.ranges())
      outcome.notices = std::move(claim->remarks);
    reception_ = std::move(reception);
  }
  honeynet_ = built->configuration.honeynet;
  wanted_ = wanted;
  claimed_ = claim->addresses;
  for (std::string& sentence : stranded_hosts(honeynet, interfaces_))
    outcome.notices.push_back(std::move(sentence));
  for (MissingProgram& missing : missing_programs(
           built->configuration.scripts, settings_.service_directory, settings_.service_user))
    outcome.notices.push_back(std::move(missing.sentence));
  present_ = std::move(built->living);
  return Prepared{std::make_shared<HoneynetVersion>(HoneynetVersion{
                      std::move(built->configuration.honeynet), std::move(claim->addresses)}),
                  std::move(outcome)};
}

void Reconfiguration::follow_machine(std::vector<InterfaceSettings> interfaces,
                                     std::vector<std::string> reopened, Done done) {
  around_.worker.run([this, interfaces = std::move(interfaces), reopened = std::move(reopened),
                      done = std::move(done)]() -> BackgroundWorker::Sequel {
    interfaces_ = interfaces;
    auto prepared = prepare_for_machine(reopened);
    if (prepared)
      return [this, prepared = std::move(*prepared), done]() mutable {
        // What the machine had for a moment, the engine alone has let go.
        const AddressSet back = without(prepared.world->claimed, around_.engine.claimed());
        if (!back.empty())
          prepared.outcome.notices.push_back(
              fmt::format("answering for {} again: this machine has it no more", to_string(back)));
        go_over_to(std::move(prepared), done)();
      };
    return [done, outcome = Outcome{.changed = false, .text = prepared.error()}] { done(outcome); };
  });
}

tl::expected<Reconfiguration::Prepared, std::string> Reconfiguration::prepare_for_machine(
    std::span<const std::string> reopened) {
  Outcome outcome;
  for (const std::span<KernelSilence> silences : {around_.silences, around_.inner_silences})
    for (KernelSilence& silence : silences)
      if (std::ranges::find(reopened, silence.interface()) != reopened.end())
        if (const auto imposed = silence.impose_again(); !imposed)
          outcome.notices.push_back(
              fmt::format("the kernel may disturb conversations: {}", to_string(imposed.error())));
  auto claim = settle_claim(wanted_);
  if (!claim) return tl::unexpected(claim.error());
  Reception reception =
      reception_of(*honeynet_, claim->addresses, interfaces_, around_.engine.host_key());
  reception.addresses = with_leased(claim->addresses);
  if (reception != reception_) {
    if (const auto received = receive_everywhere(reception); !received)
      return tl::unexpected(received.error());
    reception_ = std::move(reception);
  }
  claimed_ = claim->addresses;
  return Prepared{
      std::make_shared<HoneynetVersion>(HoneynetVersion{honeynet_, std::move(claim->addresses)}),
      std::move(outcome)};
}

tl::expected<void, std::string> Reconfiguration::hold(const AddressSet& wanted) {
  if (!around_.hold) return {};
  return around_.hold(wanted);
}

/// An interface or tunnel that leads to something real in `honeynet` and is not open: to open it
/// would take privileges that were given up.
std::optional<std::string> Reconfiguration::link_down(const Honeynet& honeynet) const {
  std::vector<std::string> names = inner_interfaces(honeynet);
  for (const TunnelEnds& ends : honeynet.topology().tunnels()) names.push_back(to_string(ends));
  const auto is_closed = [&](const std::string& name) {
    return std::none_of(
        around_.devices.begin(), around_.devices.end(),
        [&](const std::unique_ptr<Device>& device) { return device->name() == name; });
  };
  const auto found = std::find_if(names.begin(), names.end(), is_closed);
  return found == names.end() ? std::nullopt : std::optional{*found};
}

tl::expected<Claim, std::string> Reconfiguration::claim_for(
    const Configuration& configuration) const {
  const AddressSet& wanted = settings_.nets.empty() ? configuration.addresses : settings_.nets;
  auto claim = settle_claim(wanted);
  if (claim && claim->addresses.empty() && configuration.honeynet->parts().dhcp.empty())
    return tl::unexpected(
        fmt::format("no addresses to answer for would be left: {} binds and "
                    "routes none that can be claimed",
                    settings_.sources.configuration));
  return claim;
}

/// Makes all that draws packets here follow, or leaves it as it was.
tl::expected<void, std::string> Reconfiguration::receive_everywhere(const Reception& next) {
  const auto receive = [this](const Reception& reception) -> tl::expected<void, SystemError> {
    for (const auto& device : around_.devices)
      if (auto claimed =
              device->claim(reception_at(device->name(), reception, settings_.inner_interfaces));
          !claimed)
        return claimed;
    for (KernelSilence& silence : around_.silences)
      if (auto covered = silence.change_to(reception.addresses); !covered) return covered;
    return {};
  };
  const auto received = receive(next);
  if (received) return {};
  (void)receive(reception_);
  return tl::unexpected(to_string(received.error()));
}

BackgroundWorker::Sequel Reconfiguration::go_over_to(Prepared prepared, Done done) {
  return [this, done = std::move(done), prepared = std::move(prepared)] {
    *prepared.world = around_.engine.adopt(std::move(*prepared.world));
    // The world that was is let go by the worker: tens of thousands of hosts take milliseconds.
    around_.worker.run([old = prepared.world]() -> BackgroundWorker::Sequel {
      *old = {};
      return {};
    });
    done(prepared.outcome);
  };
}

}  // namespace apiary
