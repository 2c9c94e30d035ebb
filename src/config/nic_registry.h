#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "config/token.h"
#include "config/vendor_catalogue.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// The network cards of one configuration.
class NicRegistry {
 public:
  /// `vendors` must outlive it; null: no vendor names are known.
  explicit NicRegistry(const VendorCatalogue* vendors) : vendors_(vendors) {}

  /// The card for `text`, a vendor or a MAC address. A warning names the substitute of an unknown
  /// vendor. nullptr: there is no substitute; reports an error with the nearest names.
  std::shared_ptr<const NicProfile> find(const Located<std::string>& text,
                                         Diagnostics& diagnostics);

  /// Call it once all hosts have their cards: if several hosts have the same MAC address, keeps
  /// only its prefix for them.
  void finish(const HostMap& hosts, const HostTemplatePtr& default_template,
              const std::vector<DhcpHost>& dhcp, Diagnostics& diagnostics);

 private:
  struct Entry {
    std::shared_ptr<NicProfile> nic;  // null: reported
    Span place;                       // of its first use
  };

  const VendorCatalogue* vendors_;
  std::map<std::string, Entry> entries_;  // by vendor or MAC address
};

}  // namespace apiary
