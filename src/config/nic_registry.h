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
  /// `vendors` outlives it; null: no names of vendors are known.
  explicit NicRegistry(const VendorCatalogue* vendors) : vendors_(vendors) {}

  /// The card that `text` names, a vendor or a MAC address; a warning says which vendor stands in
  /// for one that is not known. nullptr: none can; that is an error, with the nearest names.
  std::shared_ptr<const NicProfile> find(const Located<std::string>& text,
                                         Diagnostics& diagnostics);

  /// Who has the cards is settled: a MAC address that several hosts would have gives them no more
  /// than its prefix.
  void settle(const HostMap& hosts, const HostTemplatePtr& default_template,
              const std::vector<DhcpHost>& dhcp, Diagnostics& diagnostics);

 private:
  struct Entry {
    std::shared_ptr<NicProfile> nic;  // null: that was reported
    Span place;                       // where it was named first
  };

  const VendorCatalogue* vendors_;
  std::map<std::string, Entry> entries_;  // by what they are called
};

}  // namespace apiary
