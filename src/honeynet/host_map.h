#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/address_set.h"
#include "honeynet/host_template.h"

namespace apiary {

/// Which template the hosts at which addresses are of. Built once and then only asked: eight bytes
/// for each address bound alone, and for a bound range as much whatever its size.
class HostMap {
 public:
  struct Binding {
    AddressRange addresses;
    HostTemplatePtr host_template;  // not null
  };

  HostMap() = default;
  /// Of bindings that overlap, the one of fewer addresses counts; of equal ones the later.
  explicit HostMap(const std::vector<Binding>& bindings);

  /// The template bound to the single address `address`; nullptr: none. Valid as long as the map.
  const HostTemplatePtr* find_single(const IpAddress& address) const;
  /// As find_single(), of the range bound around `address`.
  const HostTemplatePtr* find_range(const IpAddress& address) const;

  /// Shows `visit` each template that counts somewhere, and how many hosts are of it.
  void visit_templates(const std::function<void(const HostTemplatePtr& host_template,
                                                std::uint64_t hosts)>& visit) const;

  /// How many addresses are bound alone.
  std::size_t singles() const { return single_addresses_.size(); }
  /// All bound addresses, or those whose template `counts`; worked out at each call.
  AddressSet addresses(
      const std::function<bool(const HostTemplate& host_template)>& counts = {}) const;
  /// For each binding as it was given, whether it counts at any address. Singles shadow ranges.
  const std::vector<bool>& counts() const { return counts_; }

 private:
  using Index = std::uint32_t;
  static constexpr Index nobody = 0xffffffff;

  void add_singles(const std::vector<Binding>& bindings, const std::vector<Index>& templates);
  void add_ranges(const std::vector<Binding>& bindings, const std::vector<Index>& templates);

  std::vector<HostTemplatePtr> templates_;
  std::vector<std::uint32_t> single_addresses_;  // ascending
  std::vector<Index> single_templates_;          // of kinds_, one for each of them
  std::vector<std::uint32_t> range_starts_;      // ascending; each reaches to the next
  std::vector<Index> range_templates_;
  std::vector<bool> counts_;
};

}  // namespace apiary
