/// honeynet/: one version of the configured world, immutable: the topology and what machine is at
/// which address. Engines share it by shared_ptr<const Honeynet>.
#pragma once

#include <memory>
#include <unordered_map>

#include "base/address_set.h"
#include "honeynet/template.h"
#include "topology/topology.h"

namespace apiary {

using TemplatePointer = std::shared_ptr<const Template>;

class Honeynet {
 public:
  /// What a Honeynet is made of. No pointer in `hosts` is null.
  struct Parts {
    Topology topology;
    std::unordered_map<IpAddress, TemplatePointer> hosts;  // bound addresses
    TemplatePointer default_template;                      // for all others; may be null
    TemplatePointer router_template;  // for routers that are not bound; not null
  };
  explicit Honeynet(Parts parts) : parts_(std::move(parts)) {}

  const Topology& topology() const { return parts_.topology; }

  /// The machine at `address`: the one bound to it, for a router without one the plain router,
  /// else the default template. nullptr: nobody is there. Valid as long as the Honeynet.
  const TemplatePointer* find_host(const IpAddress& address) const;

  const Parts& parts() const { return parts_; }

 private:
  Parts parts_;
};

}  // namespace apiary
