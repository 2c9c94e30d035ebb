// The ports and subsystems of templates.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/template_builder.h"

namespace apiary {
namespace {

using ServicePtr = std::shared_ptr<const ServiceSpec>;

}  // namespace

void TemplateBuilder::apply(const AddPort& statement) {
  Entry* const entry = find_plain(statement.target);
  if (entry == nullptr) return;
  const PortRange range = statement.ports.value;
  auto& ports = statement.protocol == IpProtocol::tcp ? entry->contents->tcp_ports
                                                      : entry->contents->udp_ports;
  const PortAction action = effect_of(statement.action.value, statement.protocol);
  bool was_reported = false;
  for (std::uint32_t number = range.first.number; number <= range.last.number; ++number) {
    const Port port{static_cast<std::uint16_t>(number)};
    ports.insert_or_assign(port, action);
    entry->origins.ports.insert_or_assign({statement.protocol, port}, statement.ports.place);
    const auto [first, is_new] =
        entry->own_ports.try_emplace({statement.protocol, port}, statement.ports.place);
    if (is_new) continue;
    const Span before = std::exchange(first->second, statement.ports.place);
    if (std::exchange(was_reported, true)) continue;
    diagnostics_.push_back(
        {.severity = Severity::warning,
         .place = statement.ports.place,
         .message = fmt::format("{} port {} of '{}' is given again; this one counts",
                                name_of(statement.protocol), number, statement.target.value),
         .notes = {{before, "it was given here"}}});
  }
}

void TemplateBuilder::apply(const AddSubsystem& statement) {
  Entry* const entry = find_plain(statement.target);
  if (entry == nullptr) return;
  Subsystem subsystem{.owner = std::string{statement.target.value},
                      .command = statement.command.value,
                      .is_shared = statement.is_shared,
                      .restarts = statement.restarts};
  auto& subsystems = entry->contents->subsystems;
  const bool is_repeated = std::ranges::any_of(subsystems, [&](const PortAction& action) {
    return std::get<Subsystem>(*std::get<ServicePtr>(action)).command == subsystem.command;
  });
  if (is_repeated) {
    diagnostics_.push_back({.severity = Severity::warning,
                            .place = statement.command.place,
                            .message = fmt::format("'{}' has this subsystem already: it runs once",
                                                   statement.target.value)});
    return;
  }
  entry->origins.subsystems.insert_or_assign(subsystem.command, statement.command.place);
  subsystems.push_back(std::make_shared<const ServiceSpec>(std::move(subsystem)));
}

/// Gives subsystems what traits of the template say, which may follow them. Equal subsystems of
/// several templates are one.
void TemplateBuilder::finalize_subsystems(HostTemplate& host_template) {
  for (PortAction& action : host_template.subsystems) {
    Subsystem subsystem = std::get<Subsystem>(*std::get<ServicePtr>(action));
    subsystem.host_name = host_template.host_name;
    subsystem.privileges = host_template.service_privileges;
    subsystem.egress = host_template.egress;
    const auto known = std::ranges::find_if(subsystems_, [&](const ServicePtr& other) {
      return std::get<Subsystem>(*other) == subsystem;
    });
    if (known == subsystems_.end())
      action = subsystems_.emplace_back(std::make_shared<const ServiceSpec>(std::move(subsystem)));
    else
      action = *known;
  }
}

void TemplateBuilder::check_egress(std::string_view name, const Entry& entry) {
  if (entry.contents->egress.empty() || !entry.contents->subsystems.empty()) return;
  const Span place = entry.origins.trait("egress").value_or(entry.origins.created);
  // Clones have the statement of their original.
  if (std::ranges::any_of(diagnostics_, [&](const Diagnostic& other) {
        return other.severity == Severity::error && other.place == place;
      }))
    return;
  diagnostics_.push_back(
      {.place = place,
       .message = fmt::format("'{}' has no subsystem, whose server the egress list is for", name),
       .hint = "other programs have no network; a proxy names its target itself"});
}

void TemplateBuilder::apply(const DeletePort& statement) {
  Entry* const entry = find_plain(statement.target);
  if (entry == nullptr) return;
  auto& ports = statement.protocol == IpProtocol::tcp ? entry->contents->tcp_ports
                                                      : entry->contents->udp_ports;
  const auto first = ports.lower_bound(statement.ports.value.first);
  const auto after = ports.upper_bound(statement.ports.value.last);
  if (first == after)
    diagnostics_.push_back(
        {.severity = Severity::warning,
         .place = statement.ports.place,
         .message = fmt::format("'{}' has no such {} port to delete", statement.target.value,
                                name_of(statement.protocol))});
  for (auto port = first; port != after; ++port) {
    entry->own_ports.erase({statement.protocol, port->first});
    entry->origins.ports.erase({statement.protocol, port->first});
  }
  ports.erase(first, after);
}

}  // namespace apiary
