#include "honeynet/honeynet.h"

namespace apiary {

Honeynet::Honeynet(Parts parts) : parts_(std::move(parts)) {
  const auto look_at = [this](const HostTemplatePtr& kind) {
    if (kind != nullptr && machine_on_link(*kind).card != nullptr) has_nics_ = true;
  };
  parts_.hosts.visit_kinds([&](const HostTemplatePtr& kind, std::uint64_t) { look_at(kind); });
  look_at(parts_.default_template);
  broadcast_listeners_ = parts_.hosts.addresses(has_udp_service);
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
  const HostTemplatePtr* const kind = find_host(address);
  if (kind == nullptr || !(*kind)->is_dynamic) return kind;
  return resolve(*kind, {visitor, protocol, time_of_day(now, parts_.local_time_ahead), system});
}

}  // namespace apiary
