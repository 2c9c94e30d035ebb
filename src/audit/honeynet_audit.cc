#include "audit/honeynet_audit.h"

#include <algorithm>
#include <set>

#include "audit/collect.h"
#include "honeynet/nic_addresses.h"

namespace apiary {
namespace {

const HostTemplate* template_at(const Honeynet& honeynet, const IpAddress& address) {
  const HostTemplatePtr* const found = honeynet.find_host(address);
  if (found == nullptr || *found == nullptr) return nullptr;
  const HostTemplate& one = machine_on_link(**found);
  return one.is_dynamic ? nullptr : &one;
}

bool is_there(const Honeynet& honeynet, const IpAddress& address) {
  if (template_at(honeynet, address) == nullptr) return false;
  const Path* const path = honeynet.topology().path_to(address);
  return path != nullptr && path->reaches();
}

const ServiceSpec* service_of(const PortAction& action) {
  const auto* const service = std::get_if<std::shared_ptr<const ServiceSpec>>(&action);
  return service == nullptr ? nullptr : service->get();
}

/// Whether an audit makes the service say what it would.
bool is_run(const ServiceSpec& service, const HoneynetAudit& audit) {
  if (audit.services == nullptr) return false;
  return std::holds_alternative<BuiltIn>(service) ||
         (audit.runs_programs && std::holds_alternative<Script>(service));
}

ConfiguredHost describe_host(const HoneynetAudit& audit, const IpAddress& address) {
  const HostTemplate& one = *template_at(*audit.honeynet, address);
  ConfiguredHost configured{.template_name = one.name,
                            .personality = one.personality->name,
                            .is_router = audit.honeynet->topology().is_router(address)};
  configured.may_tarpit = std::holds_alternative<TarpitAction>(one.tcp_default);
  for (const auto& [port, action] : one.tcp_ports) {
    configured.ports.push_back(port);
    configured.may_tarpit = configured.may_tarpit || std::holds_alternative<TarpitAction>(action);
    const ServiceSpec* const service = service_of(action);
    if (service == nullptr) continue;
    if (!is_run(*service, audit)) configured.unstarted.push_back(port);
    const Proxy* const proxy = std::get_if<Proxy>(service);
    if (proxy != nullptr && proxy->target.find('$') == proxy->target.npos)
      configured.proxy_targets.push_back(proxy->target);
  }
  if (const ServiceSpec* service = service_of(one.tcp_default);
      service != nullptr && !is_run(*service, audit))
    for (const Port port : audited_ports())
      if (!one.tcp_ports.contains(port)) configured.unstarted.push_back(port);
  return configured;
}

void name_dhcp_clients(const HoneynetAudit& audit, Observations& observations) {
  for (DhcpSighting& sighting : observations.dhcp)
    for (const DhcpHost& host : audit.honeynet->parts().dhcp)
      if (mac_address(host, audited_mac, audit.host_key) == sighting.mac)
        sighting.personality = machine_on_link(*host.host_template).personality->name;
}

void count_density(const Honeynet& honeynet, const AddressSet& addresses,
                   Observations& observations) {
  constexpr std::size_t most_networks = 16;
  std::set<IpPrefix> networks;
  for (const HostObservation& host : observations.hosts)
    if (networks.size() < most_networks) networks.insert(IpPrefix(host.address, 24));
  for (const IpPrefix& network : networks) {
    AddressDensity density{.network = network, .asked = 256};
    for (std::uint32_t i = 0; i < 256; ++i) {
      const auto address = IpAddress::v4(network.first().v4_value() + i);
      if (addresses.contains(address) && is_there(honeynet, address)) ++density.live;
    }
    observations.densities.push_back(density);
  }
}

}  // namespace

void choose_hosts(const Honeynet& honeynet, const AddressSet& addresses, std::size_t limit,
                  Observations& observations) {
  std::set<IpAddress> chosen;
  const auto choose = [&](const IpAddress& address) {
    if (chosen.size() < limit && addresses.contains(address) && is_there(honeynet, address))
      chosen.insert(address);
  };
  for (const IpAddress& router : honeynet.topology().routers()) choose(router);
  // One host of each template at least, if it can be.
  honeynet.parts().hosts.visit_templates([&](const HostTemplatePtr& one, std::uint64_t) {
    if (chosen.size() >= limit) return;
    const AddressSet bound = honeynet.parts().hosts.addresses(
        [&](const HostTemplate& other) { return &other == one.get(); });
    if (!bound.empty()) choose(bound.at(0));
  });
  const AddressSet bound = common(honeynet.parts().hosts.addresses(), addresses);
  const bool has_default = honeynet.parts().default_template != nullptr;
  const AddressSet& all = has_default ? addresses : bound;
  const std::uint64_t size = all.size();
  std::uint64_t absent = 0, seen = 0;
  const std::uint64_t stride = std::max<std::uint64_t>(1, size / std::max<std::size_t>(limit, 1));
  for (std::uint64_t i = 0; i < size; i += stride, ++seen) {
    const IpAddress address = all.at(i);
    if (is_there(honeynet, address))
      choose(address);
    else
      ++absent;
  }
  for (const IpAddress& address : chosen) observations.hosts.push_back({.address = address});
  // Of a sample, an estimate.
  const std::uint64_t present = seen == 0 ? 0 : size * (seen - absent) / seen;
  observations.candidates = std::max<std::uint64_t>(present, chosen.size());
}

std::unique_ptr<EngineProber> make_engine_prober(const HoneynetAudit& audit) {
  const auto& dhcp = audit.honeynet->parts().dhcp;
  // For hundreds of hosts, and one visitor.
  Limits limits;
  limits.hosts = 8'192;
  limits.connections = limits.half_open_connections = 65'536;
  limits.unusual_half_open_connections = limits.tarpit_connections = limits.udp_flows = 4'096;
  const EngineSettings settings{
      .interfaces = {{.mac = audited_mac, .name = dhcp.empty() ? "" : dhcp.front().interface}},
      .claimed = audit.addresses,
      .arp = ArpMode::force,  // there is no neighbour to ask
      .limits = limits,
      .host_key = audit.host_key};
  return std::make_unique<EngineProber>(audit.honeynet, settings, audit.start, audit.services);
}

Observations observe(const HoneynetAudit& audit, const AuditPace& pace) {
  return observe(audit, *make_engine_prober(audit), pace);
}

Observations observe(const HoneynetAudit& audit, Prober& prober, const AuditPace& pace) {
  Observations observations;
  choose_hosts(*audit.honeynet, audit.addresses, audit.max_hosts, observations);
  for (HostObservation& host : observations.hosts)
    host.configured = describe_host(audit, host.address);
  count_density(*audit.honeynet, audit.addresses, observations);
  collect(prober, pace, observations);
  name_dhcp_clients(audit, observations);
  return observations;
}

}  // namespace apiary
