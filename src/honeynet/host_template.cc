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
                                 if (const auto* subsystem = std::get_if<Subsystem>(service.get()))
                                   return "subsystem " + in_quotes(subsystem->command);
                                 return describe(std::get<Proxy>(*service));
                               }},
                    action);
}

const PortAction& HostTemplate::action(IpProtocol protocol, Port port,
                                       const ListeningPorts& listening) const {
  const bool is_udp = protocol == IpProtocol::udp;
  const auto& ports = is_udp ? udp_ports : tcp_ports;
  if (const auto found = ports.find(port); found != ports.end()) return found->second;
  for (const PortAction& subsystem : subsystems)
    if (listening.has(*std::get<std::shared_ptr<const ServiceSpec>>(subsystem), protocol, port))
      return subsystem;
  return is_udp ? udp_default : tcp_default;
}

bool has_subsystem(const HostTemplate& host_template) {
  return !host_template.subsystems.empty() ||
         std::ranges::any_of(host_template.choices, [](const Choice& choice) {
           return has_subsystem(*choice.host_template);
         });
}

bool has_udp_service(const HostTemplate& host_template) {
  const auto is_service = [](const PortAction& action) {
    return std::holds_alternative<std::shared_ptr<const ServiceSpec>>(action);
  };
  return is_service(host_template.udp_default) ||
         std::ranges::any_of(host_template.udp_ports,
                             [&](const auto& port) { return is_service(port.second); }) ||
         std::ranges::any_of(host_template.choices, [](const Choice& choice) {
           return has_udp_service(*choice.host_template);
         });
}

const HostTemplatePtr* resolve(const HostTemplatePtr& host_template, const MatchContext& context) {
  const HostTemplatePtr* found = &host_template;
  while ((*found)->is_dynamic) {  // the configuration has no cycles
    const auto& choices = (*found)->choices;
    const auto choice = std::find_if(choices.begin(), choices.end(),
                                     [&](const Choice& c) { return holds(c.condition, context); });
    if (choice == choices.end()) return nullptr;
    found = &choice->host_template;
  }
  return found;
}

const HostTemplate& machine_on_link(const HostTemplate& host_template) {
  const HostTemplate* first = nullptr;
  for (const Choice& choice : host_template.choices) {
    const HostTemplate& machine = machine_on_link(*choice.host_template);
    if (machine.nic != nullptr) return machine;
    if (first == nullptr) first = &machine;
  }
  return first == nullptr ? host_template : *first;
}

}  // namespace apiary
