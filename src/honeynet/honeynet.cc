#include "honeynet/honeynet.h"

namespace apiary {

Honeynet::Honeynet(Parts parts) : parts_(std::move(parts)) {
  const auto look_at = [this](const TemplatePointer& kind) {
    if (kind != nullptr && machine_on_link(*kind).card != nullptr) has_cards_ = true;
  };
  parts_.hosts.visit_kinds([&](const TemplatePointer& kind, std::uint64_t) { look_at(kind); });
  look_at(parts_.default_template);
  broadcast_listeners_ = parts_.hosts.addresses(has_udp_service);
}

const TemplatePointer* Honeynet::find_host(const IpAddress& address) const {
  if (const TemplatePointer* const bound = parts_.hosts.find_single(address)) return bound;
  if (parts_.topology.is_router(address)) return &parts_.router_template;
  if (const TemplatePointer* const bound = parts_.hosts.find_range(address)) return bound;
  return parts_.default_template == nullptr ? nullptr : &parts_.default_template;
}

const TemplatePointer* Honeynet::find_host(const IpAddress& address, const IpAddress& visitor,
                                           std::uint8_t protocol, Instant now) const {
  const TemplatePointer* const kind = find_host(address);
  if (kind == nullptr || !(*kind)->is_dynamic) return kind;
  return resolve(*kind, {visitor, protocol, time_of_day(now, parts_.local_time_ahead)});
}

}  // namespace apiary
