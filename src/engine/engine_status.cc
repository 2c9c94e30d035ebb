// What an engine shows to observers.
#include "engine/engine.h"
#include "engine/engine_parts.h"

namespace apiary {

const HostTemplate* Engine::host_at(const IpAddress& address, const IpAddress& source,
                                    std::uint8_t protocol, Instant now) const {
  const bool is_answered_for =
      settings_.claimed.contains(address) || parts_->lan.dhcp_clients().find(address) != nullptr;
  if (!is_answered_for || parts_->forwarder.is_machine(address)) return nullptr;
  const HostTemplatePtr* const host_template = parts_->hosts.find(address, source, protocol, now);
  return host_template == nullptr ? nullptr : host_template->get();
}

std::size_t Engine::connections() const { return parts_->transport.tcp().connections(); }
std::size_t Engine::half_open_connections() const { return parts_->transport.tcp().half_open(); }
std::size_t Engine::tarpitted_connections() const { return parts_->transport.tcp().tarpitted(); }
std::size_t Engine::udp_flows() const { return parts_->transport.udp().flows(); }
std::size_t Engine::remembered_hosts() const { return parts_->hosts.size(); }

std::vector<DhcpClientStatus> Engine::dhcp_clients() const {
  return parts_->lan.dhcp_clients().statuses();
}
const AddressSet& Engine::leased_addresses() const {
  return parts_->lan.dhcp_clients().addresses();
}
std::uint64_t Engine::lease_changes() const { return parts_->lan.dhcp_clients().version(); }

ConversationList Engine::conversations(std::size_t limit) const {
  return parts_->transport.conversations(limit);
}

EngineStatus Engine::status(Instant now) const {
  const Limits& limits = settings_.limits;
  EngineStatus status{.counters = counters_,
                      .claimed = settings_.claimed,
                      .bound_hosts = honeynet_->parts().hosts.addresses().size(),
                      .remembered_hosts = remembered_hosts(),
                      .connections = connections(),
                      .half_open_connections = half_open_connections(),
                      .tarpitted_connections = tarpitted_connections(),
                      .udp_flows = udp_flows(),
                      .packet_buffer_bytes = parts_->outlet.held_bytes(),
                      .tables = tables(),
                      .byte_limits = {{"send_bytes", limits.send_bytes},
                                      {"out_of_order_bytes", limits.out_of_order_bytes},
                                      {"reassembly_bytes", limits.reassembly_bytes},
                                      {"packet_buffer_bytes", limits.packet_buffer_bytes}}};
  const auto& links = parts_->network.topology().links();
  for (std::uint32_t i = 0; i < links.size() && status.link_queues.size() < max_link_queues; ++i)
    if (links[i].quality.bits_per_second != 0)
      status.link_queues.push_back(
          {.low = links[i].low,
           .high = links[i].high,
           .parallel = links[i].parallel,
           .low_to_high_bytes = parts_->network.queued_bytes(now, {2 * i}),
           .high_to_low_bytes = parts_->network.queued_bytes(now, {2 * i + 1})});
  return status;
}

}  // namespace apiary
