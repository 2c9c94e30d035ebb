#include "honeynet/honeynet.h"

#include <algorithm>

namespace apiary {

Honeynet::Honeynet(Parts parts) : parts_(std::move(parts)) {
  const auto look_at = [this](const HostTemplatePtr& host_template) {
    if (host_template != nullptr && machine_on_link(*host_template).nic != nullptr)
      has_nics_ = true;
  };
  parts_.hosts.visit_templates(
      [&](const HostTemplatePtr& host_template, std::uint64_t) { look_at(host_template); });
  look_at(parts_.default_template);
  broadcast_listeners_ = parts_.hosts.addresses(has_udp_service);
  find_subsystems();
}

void Honeynet::find_subsystems() {
  const auto look_at = [this](const HostTemplate& host_template, std::optional<IpAddress> host) {
    std::vector<const HostTemplate*> unasked{&host_template};
    while (!unasked.empty()) {
      const HostTemplate& next = *unasked.back();
      unasked.pop_back();
      for (const Choice& choice : next.choices) unasked.push_back(choice.host_template.get());
      for (const PortAction& action : next.subsystems) {
        const auto& subsystem = std::get<std::shared_ptr<const ServiceSpec>>(action);
        const auto known = std::ranges::find_if(
            subsystems_, [&](const SubsystemUse& use) { return *use.subsystem == *subsystem; });
        if (known == subsystems_.end())
          subsystems_.push_back({subsystem, host});
        else if (!known->host || (host && *host < *known->host))
          known->host = host;
      }
    }
  };
  parts_.hosts.visit_templates([&](const HostTemplatePtr& host_template, std::uint64_t) {
    if (!has_subsystem(*host_template)) return;
    const AddressSet hosts = parts_.hosts.addresses(
        [&](const HostTemplate& other) { return &other == host_template.get(); });
    if (!hosts.empty()) look_at(*host_template, hosts.ranges().front().first);
  });
  for (const HostTemplatePtr& host_template : {parts_.default_template, parts_.router_template})
    if (host_template != nullptr && has_subsystem(*host_template)) look_at(*host_template, {});
}

const HostTemplatePtr* Honeynet::find_host(const IpAddress& address) const {
  if (const HostTemplatePtr* const bound = parts_.hosts.find_single(address)) return bound;
  if (parts_.topology.is_router(address)) return &parts_.router_template;
  if (const HostTemplatePtr* const bound = parts_.hosts.find_range(address)) return bound;
  return parts_.default_template == nullptr ? nullptr : &parts_.default_template;
}

const HostTemplatePtr* Honeynet::find_host(const IpAddress& address, const IpAddress& visitor,
                                           std::uint8_t protocol, Instant now,
                                           std::string_view system) const {
  const HostTemplatePtr* const host_template = find_host(address);
  if (host_template == nullptr || !(*host_template)->is_dynamic) return host_template;
  return resolve(*host_template,
                 {visitor, protocol, time_of_day(now, parts_.local_time_ahead), system});
}

}  // namespace apiary
