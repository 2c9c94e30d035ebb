/// honeynet/: an immutable version of the configured honeynet: the topology and the host at each
/// address. Engines share it by shared_ptr<const Honeynet>.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/address_set.h"
#include "base/time.h"
#include "honeynet/dhcp_host.h"
#include "honeynet/host_map.h"
#include "honeynet/host_template.h"
#include "topology/topology.h"

namespace apiary {

/// `bind ADDRESS to INTERFACE`: a real machine that takes part.
struct PhysicalHost {
  IpAddress address;
  std::string interface;  // of this machine, to whose link it is attached
};

class Honeynet {
 public:
  /// The parts of a Honeynet.
  struct Parts {
    Topology topology;
    HostMap hosts;                       // bound addresses
    HostTemplatePtr default_template{};  // for all other addresses; may be null
    HostTemplatePtr router_template{};   // for routers without a binding of their own; not null
    std::vector<DhcpHost> dhcp{};        // hosts that get their addresses by DHCP
    std::vector<PhysicalHost> physical_hosts{};  // ascending by address
    Duration local_time_ahead{};                 // offset from UTC; for conditions on the time
  };
  explicit Honeynet(Parts parts);

  const Topology& topology() const { return parts_.topology; }

  /// The template of the host at `address`: from its own binding, else the router template if it is
  /// a router, else from its range, else the default template. It may be dynamic. nullptr: no host.
  /// Valid as long as the Honeynet.
  const HostTemplatePtr* find_host(const IpAddress& address) const;

  /// The template of the host at `address` for a packet of the IP protocol `protocol` from
  /// `visitor`, whose operating system is `system`; never dynamic. nullptr: no host. Valid as long
  /// as the Honeynet.
  const HostTemplatePtr* find_host(const IpAddress& address, const IpAddress& visitor,
                                   std::uint8_t protocol, Instant now,
                                   std::string_view system = {}) const;

  /// Whether any host has a network card of its own.
  bool has_nics() const { return has_nics_; }

  /// The bound addresses of hosts that may have a service for broadcast datagrams.
  const AddressSet& broadcast_listeners() const { return broadcast_listeners_; }

  /// The subsystems of all templates in effect, each once, with the first address bound to one of
  /// its templates.
  const std::vector<SubsystemUse>& subsystems() const { return subsystems_; }

  const Parts& parts() const { return parts_; }

 private:
  void find_subsystems();

  Parts parts_;
  AddressSet broadcast_listeners_;
  std::vector<SubsystemUse> subsystems_;
  bool has_nics_ = false;
};

}  // namespace apiary
