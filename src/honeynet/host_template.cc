#include "honeynet/host_template.h"

#include <algorithm>

#include "base/overloaded.h"

namespace apiary {
std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string describe(const PortAction& action) {
  return std::visit(overloaded{[](const Block&) { return std::string{"block: no answer"}; },
                               [](const Reset&) { return std::string{"closed"}; },
                               [](const Open&) { return std::string{"open, no service"}; },
                               [](const TarpitAction&) { return std::string{"tarpit"}; },
                               [](const std::shared_ptr<const ServiceSpec>& service) {
                                 if (const auto* script = std::get_if<Script>(service.get()))
                                   return "service " + in_quotes(script->command);
                                 if (const auto* built_in = std::get_if<BuiltIn>(service.get()))
                                   return "built-in " + std::string{name_of(*built_in)};
                                 return "proxy " + std::get<Proxy>(*service).target;
                               }},
                    action);
}

bool has_udp_service(const HostTemplate& kind) {
  const auto is_service = [](const PortAction& action) {
    return std::holds_alternative<std::shared_ptr<const ServiceSpec>>(action);
  };
  return is_service(kind.udp_default) ||
         std::ranges::any_of(kind.udp_ports,
                             [&](const auto& port) { return is_service(port.second); }) ||
         std::ranges::any_of(kind.choices,
                             [](const Choice& choice) { return has_udp_service(*choice.kind); });
}

const HostTemplatePtr* resolve(const HostTemplatePtr& kind, const MatchContext& context) {
  const HostTemplatePtr* found = &kind;
  while ((*found)->is_dynamic) {  // the configuration makes sure that none leads back to itself
    const auto& choices = (*found)->choices;
    const auto choice = std::find_if(choices.begin(), choices.end(),
                                     [&](const Choice& c) { return holds(c.condition, context); });
    if (choice == choices.end()) return nullptr;
    found = &choice->kind;
  }
  return found;
}

const HostTemplate& machine_on_link(const HostTemplate& kind) {
  const HostTemplate* first = nullptr;
  for (const Choice& choice : kind.choices) {
    const HostTemplate& machine = machine_on_link(*choice.kind);
    if (machine.card != nullptr) return machine;
    if (first == nullptr) first = &machine;
  }
  return first == nullptr ? kind : *first;
}

}  // namespace apiary
