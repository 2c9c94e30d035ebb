#pragma once

#include <tsl/robin_map.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/bound_ranges.h"
#include "config/diagnostic.h"
#include "config/source_locations.h"
#include "config/statement.h"
#include "config/template_builder.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// Collects which host is at which address, statement by statement.
class BindingTable {
 public:
  explicit BindingTable(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}
  void reserve(std::size_t count);

  /// `target` may be null if its name was already reported.
  void add(const BindAddress& statement, HostTemplatePtr target);
  void add(const BindConditionally& statement, HostTemplatePtr target);
  void add(const BindInterface& statement);
  /// Removes the binding of the address.
  void remove(const Located<IpAddress>& address);

  /// The template bound at `address`, alone or in a range. nullptr: none.
  HostTemplatePtr find(const IpAddress& address) const;
  /// Gives the host at `address` the template `own`, which no other host has.
  void set_own(const Located<IpAddress>& address, HostTemplatePtr own);

  /// Returns the hosts by address. Warns of bindings without effect.
  HostMap build();
  /// Warns of bound addresses that no route reaches: one by one for the first in the file, then
  /// once for the rest.
  void warn_unreached(const Topology& topology);

  std::vector<PhysicalHost> physical_hosts() const;
  std::vector<std::pair<AddressRange, Span>> origins() const;

 private:
  struct Binding {
    AddressRange addresses;
    Span place;
    HostTemplatePtr host_template;  // null: reported, or removed
    bool is_removed = false;
    bool is_own = false;  // of a single host of a range, from a `set` of its address
  };

  /// Adds a binding and returns true if exactly these addresses are not bound; else reports that.
  bool claim(const Located<AddressRange>& addresses, HostTemplatePtr host_template);

  Diagnostics& diagnostics_;
  std::vector<Binding> bindings_;
  tsl::robin_map<std::uint32_t, std::uint32_t> singles_;  // address -> index of bindings_
  BoundRanges ranges_;                                    // indexes of bindings_
  std::map<IpAddress, std::shared_ptr<HostTemplate>> conditional_;
  std::map<IpAddress, std::string> physical_hosts_;  // with their interfaces
};

}  // namespace apiary
