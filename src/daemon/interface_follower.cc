#include "daemon/interface_follower.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "honeynet/honeynet.h"
#include "setup/claim.h"

namespace apiary {
namespace {

using Kind = events::DaemonEvent::Kind;

constexpr Duration retry_interval = seconds{1};

/// The sentence for a change of an interface's state.
std::string sentence_on(const std::string& name, InterfaceState before, const Followed& found) {
  const bool is_back = before == InterfaceState::gone || found.reopened;
  switch (found.state) {
    case InterfaceState::gone:
      return fmt::format("{} is gone: the daemon receives nothing there until it is back", name);
    case InterfaceState::down:
      return fmt::format("{} is {}down", name, is_back ? "back, but " : "");
    case InterfaceState::no_link:
      return fmt::format("{} {} no link to its other end", name,
                         is_back ? "is back, but has" : "has");
    case InterfaceState::up:
      break;
  }
  if (before == InterfaceState::up) return name + " is back: it was removed and created again";
  return name + (is_back ? " is back" : " is up again");
}

}  // namespace

std::string_view to_string(InterfaceState state) {
  switch (state) {
    case InterfaceState::up:
      return "up";
    case InterfaceState::no_link:
      return "no link";
    case InterfaceState::down:
      return "down";
    case InterfaceState::gone:
      return "gone";
  }
  return "unknown";
}

InterfaceFollower::InterfaceFollower(Dependencies dependencies, MachineChanged machine_changed)
    : deps_(dependencies),
      machine_changed_(std::move(machine_changed)),
      states_(dependencies.devices.size(), InterfaceState::up),
      failures_(dependencies.devices.size()),
      reopened_(dependencies.devices.size()) {
  deps_.shards.events().call_when_readable(deps_.monitor.descriptor(), [this] {
    if (deps_.monitor.take_changes()) next_check_ = Instant{};
  });
}

bool InterfaceFollower::any_is_gone() const {
  return std::ranges::find(states_, InterfaceState::gone) != states_.end();
}

void InterfaceFollower::follow(Instant now) {
  if (now < next_check_) return;
  next_check_ = Instant::max();
  const auto machine = deps_.monitor.look();
  if (!machine) {
    deps_.log.error("cannot follow changes of interfaces: {}", to_string(machine.error()));
    next_check_ = now + retry_interval;
    return;
  }
  leave_to_machine(machine->addresses);

  std::vector<std::string> reopened;
  follow_devices(*machine, reopened);
  if (std::ranges::any_of(failures_, [](const std::string& failure) { return !failure.empty(); }))
    next_check_ = now + retry_interval;

  // Only hosts with network cards need the gateway; the routing table may be very large.
  std::vector<SeenRoute> routes;
  if (deps_.shards.honeynet()->has_nics()) routes = read_routes().value_or(std::move(routes));
  bool changed = !reopened.empty() || !std::exchange(has_looked_, true);
  for (std::size_t i = 0; i < deps_.devices.size(); ++i)
    if (states_[i] != InterfaceState::gone && take_settings(i, machine->addresses, routes))
      changed = true;
  AddressSet machines = belonging_to_machine(machine->addresses);
  changed = changed || machines.ranges() != machines_.ranges();
  machines_ = std::move(machines);
  if (changed) machine_changed_(deps_.shards.interfaces(), std::move(reopened), machines_);
}

void InterfaceFollower::follow_devices(const MachineNetwork& machine,
                                       std::vector<std::string>& reopened) {
  for (std::size_t i = 0; i < deps_.devices.size(); ++i) {
    const auto found = deps_.devices[i]->follow(machine);
    if (!found) {
      note_failure(i, found.error());
      continue;
    }
    failures_[i].clear();
    reopened_[i] = found->reopened;
    if (found->reopened) reopened.push_back(deps_.devices[i]->name());
    note_state(i, *found);
  }
}

void InterfaceFollower::note_state(std::size_t index, const Followed& found) {
  const InterfaceState before = std::exchange(states_[index], found.state);
  if (before == found.state && !found.reopened) return;
  const bool works = found.state == InterfaceState::up;
  report(works ? Kind::recovery : Kind::trouble,
         sentence_on(deps_.devices[index]->name(), before, found));
  if (works) deps_.shards.resume(index);
}

void InterfaceFollower::note_failure(std::size_t index, const SystemError& error) {
  states_[index] = InterfaceState::gone;
  std::string sentence = to_string(error);
  if (failures_[index] == sentence) return;
  report(Kind::trouble,
         fmt::format("cannot reopen {}: {}", deps_.devices[index]->name(), sentence));
  failures_[index] = std::move(sentence);
}

/// Gives the shards the settings of an interface if they have changed. Returns whether they have.
bool InterfaceFollower::take_settings(std::size_t index, std::span<const OwnAddress> addresses,
                                      std::span<const SeenRoute> routes) {
  const Device& device = *deps_.devices[index];
  InterfaceSettings next = settings_of(device, addresses, routes);
  const InterfaceSettings& present = deps_.shards.interfaces()[index];
  if (!deps_.shards.honeynet()->has_nics()) next.gateway = present.gateway;
  const bool is_another = reopened_[index];
  if (next == present && !is_another) return false;
  if (next.mtu_bytes != present.mtu_bytes)
    report(Kind::change, fmt::format("the MTU of {} is now {} bytes, was {}", device.name(),
                                     next.mtu_bytes, present.mtu_bytes));
  if (next.mac != present.mac)
    report(Kind::change, fmt::format("the MAC address of {} is now {}, was {}", device.name(),
                                     to_string(next.mac), to_string(present.mac)));
  deps_.shards.change_interface({static_cast<std::uint8_t>(index)}, next);
  return true;
}

/// Gives up addresses that the machine has got, before the claim is computed again: otherwise two
/// machines would answer.
void InterfaceFollower::leave_to_machine(std::span<const OwnAddress> addresses) {
  AddressSet ours = deps_.shards.claimed();
  const AddressSet leased = deps_.shards.leased_addresses();
  for (const AddressRange& range : leased.ranges()) ours.add(range);
  const AddressSet taken = common(ours, belonging_to_machine(addresses));
  if (taken.empty()) return;
  deps_.shards.leave_to_machine(taken);
  report(Kind::change, fmt::format("no longer answering for {}: this machine now has the address",
                                   to_string(taken)));
}

void InterfaceFollower::report(Kind kind, const std::string& sentence) {
  deps_.pipeline.emit(kind, sentence);
  if (kind != Kind::change) return;  // LogSink writes the others
  deps_.log.info("{}", sentence);
}

}  // namespace apiary
