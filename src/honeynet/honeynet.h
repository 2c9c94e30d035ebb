/// honeynet/: one version of the configured world, immutable: the topology and what machine is at
/// which address. Engines share it by shared_ptr<const Honeynet>.
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
  std::string interface;  // of this machine, on whose link it is
};

class Honeynet {
 public:
  /// The parts of a Honeynet.
  struct Parts {
    Topology topology;
    HostMap hosts;                              // bound addresses
    HostTemplatePtr default_template{};         // for all others; may be null
    HostTemplatePtr router_template{};          // for routers that are not bound alone; not null
    std::vector<DhcpHost> dhcp{};               // hosts without an address of their own yet
    std::vector<PhysicalHost> real_machines{};  // by address, ascending
    Duration local_time_ahead{};                // of UTC; for conditions that ask what time it is
  };
  explicit Honeynet(Parts parts);

  const Topology& topology() const { return parts_.topology; }

  /// The template of the host at `address`: of its own binding, else the plain router's for a
  /// router, else of its range, else the default template. It may be dynamic. nullptr: there is no
  /// host. Valid as long as the Honeynet.
  const HostTemplatePtr* find_host(const IpAddress& address) const;

  /// The machine at `address` for what `visitor`, whose operating system is called `system`, sends
  /// by the IP protocol `protocol`; never dynamic. nullptr: nobody. Valid as long as the Honeynet.
  const HostTemplatePtr* find_host(const IpAddress& address, const IpAddress& visitor,
                                   std::uint8_t protocol, Instant now,
                                   std::string_view system = {}) const;

  /// Whether any host has a network card of its own.
  bool has_nics() const { return has_nics_; }

  /// The bound addresses whose hosts may have a service for a datagram to all of their link.
  const AddressSet& broadcast_listeners() const { return broadcast_listeners_; }

  const Parts& parts() const { return parts_; }

 private:
  Parts parts_;
  AddressSet broadcast_listeners_;
  bool has_nics_ = false;
};

}  // namespace apiary
