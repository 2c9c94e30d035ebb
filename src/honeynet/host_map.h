#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/address_set.h"
#include "honeynet/host_template.h"

namespace apiary {

/// Maps addresses to templates. Immutable. Takes eight bytes per single bound address, and as much
/// per range of any size.
class HostMap {
 public:
  struct Binding {
    AddressRange addresses;
    HostTemplatePtr host_template;  // not null
  };

  HostMap() = default;
  /// Of overlapping bindings, the smaller one wins; of equal ones the later.
  explicit HostMap(const std::vector<Binding>& bindings);

  /// The template bound to the single address `address`; nullptr: none. Valid as long as the map.
  const HostTemplatePtr* find_single(const IpAddress& address) const;
  /// The same for the bound range that contains `address`.
  const HostTemplatePtr* find_range(const IpAddress& address) const;

  /// Calls `visit` with each template in effect and its number of hosts.
  void visit_templates(const std::function<void(const HostTemplatePtr& host_template,
                                                std::uint64_t hosts)>& visit) const;

  /// The number of single bound addresses.
  std::size_t singles() const { return single_addresses_.size(); }
  /// All bound addresses, or those whose template `counts` accepts. Computed at each call.
  AddressSet addresses(
      const std::function<bool(const HostTemplate& host_template)>& counts = {}) const;
  /// For each binding, in the order given, whether it is in effect at any address. Singles shadow
  /// ranges.
  const std::vector<bool>& counts() const { return counts_; }

 private:
  using Index = std::uint32_t;
  static constexpr Index nobody = 0xffffffff;

  void add_singles(const std::vector<Binding>& bindings, const std::vector<Index>& templates);
  void add_ranges(const std::vector<Binding>& bindings, const std::vector<Index>& templates);

  std::vector<HostTemplatePtr> templates_;
  std::vector<std::uint32_t> single_addresses_;  // ascending
  std::vector<Index> single_templates_;      // indexes of templates_, parallel to single_addresses_
  std::vector<std::uint32_t> range_starts_;  // ascending; each reaches to the next
  std::vector<Index> range_templates_;
  std::vector<bool> counts_;
};

}  // namespace apiary
