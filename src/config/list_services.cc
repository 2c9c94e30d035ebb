#include "config/list_services.h"

#include <memory>
#include <variant>

namespace apiary {
namespace {

/// Calls `visit` with the target, the service and its place of each statement about one.
template <class Visit>
void visit_services(const std::vector<Statement>& statements, Visit visit) {
  const auto look_at = [&](const TemplateName& target, const ActionSpec& action, Span place) {
    if (const auto* const service = std::get_if<std::shared_ptr<const ServiceSpec>>(&action.action))
      visit(target, **service, place);
  };
  for (const Statement& statement : statements) {
    if (const auto* const add = std::get_if<AddSubsystem>(&statement.content))
      visit(add->target, Subsystem{.command = add->command.value}, add->command.place);
    if (const auto* const add = std::get_if<AddPort>(&statement.content))
      look_at(add->target, add->action.value, add->action.place);
    if (const auto* const set = std::get_if<SetTrait>(&statement.content))
      if (const auto* const action = std::get_if<traits::DefaultAction>(&set->trait.value))
        look_at(set->target, action->action, set->trait.place);
  }
}

}  // namespace

void list_services(const std::vector<Statement>& statements, const TemplateBuilder& templates,
                   Configuration& configuration) {
  visit_services(statements,
                 [&](const TemplateName& target, const ServiceSpec& service, Span place) {
                   if (const auto* const script = std::get_if<Script>(&service))
                     configuration.scripts.push_back(
                         {script->command, place, templates.service_privileges(target)});
                   if (const auto* const subsystem = std::get_if<Subsystem>(&service))
                     configuration.scripts.push_back(
                         {subsystem->command, place, templates.service_privileges(target), true});
                   if (const auto* const proxy = std::get_if<Proxy>(&service))
                     configuration.proxies.push_back({*proxy, place});
                 });
}

}  // namespace apiary
