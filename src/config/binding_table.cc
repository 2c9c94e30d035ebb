#include "config/binding_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "config/template_builder.h"
#include "config/template_cycle.h"

namespace apiary {
namespace {

std::string spelled(const AddressRange& range) {
  AddressSet set;
  set.add(range);
  return to_string(set);
}

bool is_single(const AddressRange& range) { return range.first == range.last; }

/// A machine that never answers.
HostTemplatePtr silence() {
  auto host_template = std::make_shared<HostTemplate>();
  host_template->name = "a real machine";
  host_template->is_dynamic = true;  // without choices: no condition ever applies
  return host_template;
}

}  // namespace

void BindingTable::reserve(std::size_t count) {
  bindings_.reserve(count);
  singles_.reserve(count);
}

bool BindingTable::claim(const Located<AddressRange>& addresses, HostTemplatePtr host_template) {
  const AddressRange& range = addresses.value;
  const std::size_t index = bindings_.size();
  std::size_t known = index;
  if (is_single(range)) {
    const auto [at, is_new] =
        singles_.try_emplace(range.first.v4_value(), static_cast<std::uint32_t>(index));
    known = at->second;
    if (!is_new && bindings_[known].is_removed) at.value() = static_cast<std::uint32_t>(index);
  } else {
    known = ranges_.add(range, index);
  }
  if (known != index && !bindings_[known].is_removed) {
    diagnostics_.push_back({.place = addresses.place,
                            .message = fmt::format("{} is bound already", spelled(range)),
                            .notes = {{bindings_[known].place, "it is bound here"}}});
    return false;
  }
  bindings_.push_back({range, addresses.place, std::move(host_template)});
  return true;
}

void BindingTable::add(const BindAddress& statement, HostTemplatePtr target) {
  if (!claim(statement.addresses, std::move(target)) || is_single(statement.addresses.value))
    return;
  const auto overlapping = ranges_.overlapping_in_part(statement.addresses.value);
  if (!overlapping) return;
  const Binding& other = bindings_[*overlapping];
  diagnostics_.push_back(
      {.severity = Severity::warning,
       .place = statement.addresses.place,
       .message = fmt::format("{} and {} overlap; where they do, the smaller binding applies",
                              spelled(statement.addresses.value), spelled(other.addresses)),
       .notes = {{other.place, "it is bound here"}}});
}

void BindingTable::add(const BindConditionally& statement, HostTemplatePtr target) {
  const IpAddress address = statement.address.value;
  auto known = conditional_.find(address);
  if (known == conditional_.end()) {
    auto dynamic = std::make_shared<HostTemplate>();
    dynamic->name = to_string(address);
    dynamic->is_dynamic = true;
    if (!claim({{address, address}, statement.address.place}, dynamic)) return;
    known = conditional_.emplace(address, std::move(dynamic)).first;
  }
  auto& choices = known->second->choices;
  if (!choices.empty() && std::holds_alternative<Otherwise>(choices.back().condition))
    diagnostics_.push_back({.severity = Severity::warning,
                            .place = statement.condition.place,
                            .message = fmt::format("this is never reached: 'otherwise' of {} comes "
                                                   "before it",
                                                   to_string(address))});
  if (target != nullptr && leads_to(*target, *known->second))
    diagnostics_.push_back({.place = statement.condition.place,
                            .message = fmt::format("{} refers to itself", to_string(address))});
  else if (target != nullptr)
    choices.push_back({statement.condition.value, std::move(target)});
}

void BindingTable::add(const BindInterface& statement) {
  const IpAddress address = statement.address.value;
  if (claim({{address, address}, statement.address.place}, silence()))
    physical_hosts_[address] = std::string(statement.interface.value);
}

void BindingTable::remove(const Located<IpAddress>& address) {
  const auto known = singles_.find(address.value.v4_value());
  if (known == singles_.end() || bindings_[known->second].is_removed) {
    diagnostics_.push_back({.place = address.place,
                            .message = fmt::format("{} is not bound", to_string(address.value))});
    return;
  }
  bindings_[known->second].is_removed = true;
  bindings_[known->second].host_template = nullptr;
  conditional_.erase(address.value);
  physical_hosts_.erase(address.value);
}

HostTemplatePtr BindingTable::find(const IpAddress& address) const {
  if (const auto known = singles_.find(address.v4_value());
      known != singles_.end() && !bindings_[known->second].is_removed)
    return bindings_[known->second].host_template;
  const auto range = ranges_.smallest_around(address);
  return range ? bindings_[*range].host_template : nullptr;
}

void BindingTable::set_own(const Located<IpAddress>& address, HostTemplatePtr own) {
  const auto known = singles_.find(address.value.v4_value());
  if (known != singles_.end() && !bindings_[known->second].is_removed) {
    bindings_[known->second].host_template = std::move(own);
    return;
  }
  singles_[address.value.v4_value()] = static_cast<std::uint32_t>(bindings_.size());
  bindings_.push_back({{address.value, address.value}, address.place, std::move(own), false, true});
}

HostMap BindingTable::build() {
  std::vector<HostMap::Binding> bindings;
  std::vector<const Binding*> sources;
  bindings.reserve(bindings_.size());
  sources.reserve(bindings_.size());
  for (const Binding& binding : bindings_) {
    if (binding.host_template == nullptr) continue;
    bindings.push_back({binding.addresses, binding.host_template});
    sources.push_back(&binding);
  }
  HostMap map(bindings);
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (!map.counts()[i])
      diagnostics_.push_back(
          {.severity = Severity::warning,
           .place = sources[i]->place,
           .message = fmt::format("this binding has no effect: smaller bindings cover all of {}",
                                  spelled(sources[i]->addresses))});
  return map;
}

void BindingTable::warn_unreached(const Topology& topology) {
  constexpr std::size_t max_warnings = 10;
  std::vector<const Binding*> unreached;
  for (const Binding& binding : bindings_) {
    if (binding.is_removed || binding.is_own) continue;
    const Path* const path = topology.path_to(binding.addresses.first);
    if (path != nullptr && path->reaches()) continue;
    if (is_single(binding.addresses) ||
        !topology.reaches_any(binding.addresses.first, binding.addresses.last))
      unreached.push_back(&binding);
  }
  std::sort(unreached.begin(), unreached.end(),
            [](const Binding* a, const Binding* b) { return a->place.begin < b->place.begin; });
  for (std::size_t i = 0; i < std::min(unreached.size(), max_warnings); ++i)
    diagnostics_.push_back(
        {.severity = Severity::warning,
         .place = unreached[i]->place,
         .message = fmt::format("no route reaches {}", spelled(unreached[i]->addresses))});
  if (unreached.size() > max_warnings)
    diagnostics_.push_back(
        {.severity = Severity::warning,
         .place = unreached[max_warnings]->place,
         .message =
             "no route reaches " + counted(unreached.size() - max_warnings, "more bound address")});
}

std::vector<PhysicalHost> BindingTable::physical_hosts() const {
  std::vector<PhysicalHost> machines;
  for (const auto& [address, interface] : physical_hosts_) machines.push_back({address, interface});
  return machines;
}

std::vector<std::pair<AddressRange, Span>> BindingTable::origins() const {
  std::vector<std::pair<AddressRange, Span>> origins;
  for (const Binding& binding : bindings_)
    if (!binding.is_removed) origins.emplace_back(binding.addresses, binding.place);
  return origins;
}

}  // namespace apiary
