#include "daemon/thread_obstacle.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "honeynet/honeynet.h"

namespace apiary {
namespace {

bool asks_for_system(const HostTemplate& host_template) {
  return std::ranges::any_of(host_template.choices, [](const Choice& choice) {
    return std::holds_alternative<FromSystem>(choice.condition) ||
           asks_for_system(*choice.host_template);
  });
}

/// A thread knows only the systems of those visitors that connected to its own hosts.
bool has_condition_on_system(const Honeynet& honeynet) {
  bool found = false;
  const auto look = [&](const HostTemplatePtr& host_template) {
    found = found || (host_template != nullptr && asks_for_system(*host_template));
  };
  honeynet.parts().hosts.visit_templates(
      [&](const HostTemplatePtr& host_template, std::uint64_t) { look(host_template); });
  look(honeynet.parts().default_template);
  return found;
}

/// Empty if there is nothing.
std::string_view unshared_part(const Honeynet& honeynet) {
  const Honeynet::Parts& parts = honeynet.parts();
  if (!honeynet.topology().empty()) return "virtual routers: their links and errors have one state";
  if (!parts.physical_hosts.empty()) return "physical hosts: their packets have one way back";
  if (!parts.dhcp.empty()) return "hosts with DHCP: their addresses change";
  if (std::ranges::any_of(honeynet.subsystems(), [](const SubsystemUse& use) {
        return !std::get<Subsystem>(*use.subsystem).egress.empty();
      }))
    return "egress lists: servers may connect to hosts of other threads";
  if (has_condition_on_system(honeynet)) return "conditions on the visitor's system";
  return {};
}

}  // namespace

std::optional<std::string> thread_obstacle(const Honeynet& honeynet, std::size_t threads) {
  const std::string_view part = threads > 1 ? unshared_part(honeynet) : std::string_view{};
  if (part.empty()) return {};
  return fmt::format("--threads {} cannot serve this configuration ({}): use --threads 1", threads,
                     part);
}

}  // namespace apiary
