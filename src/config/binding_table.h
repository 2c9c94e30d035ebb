#pragma once

#include <tsl/robin_map.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/diagnostic.h"
#include "config/source_locations.h"
#include "config/statement.h"
#include "config/template_builder.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// Who is at which address, gathered statement by statement.
class BindingTable {
 public:
  explicit BindingTable(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}
  void reserve(std::size_t count);

  /// `target` may be null: what it names was reported.
  void add(const BindAddress& statement, HostTemplatePtr target);
  void add(const BindConditionally& statement, HostTemplatePtr target);
  void add(const BindInterface& statement);
  /// Nobody is bound to the address any more.
  void remove(const Located<IpAddress>& address);

  /// The template of the host that is bound at `address`, alone or in a range. nullptr: none is.
  HostTemplatePtr find(const IpAddress& address) const;
  /// Makes the host at `address` one of `own`, which is of it alone.
  void set_own(const Located<IpAddress>& address, HostTemplatePtr own);

  /// Who is where. Warns of what counts nowhere.
  HostMap build();
  /// Warns of addresses that no packet will reach: of the first ones in the file, and then of the
  /// rest together.
  void warn_unreached(const Topology& topology);

  std::vector<PhysicalHost> real_machines() const;
  std::vector<std::pair<AddressRange, Span>> origins() const;

 private:
  struct Binding {
    AddressRange addresses;
    Span place;
    HostTemplatePtr host_template;  // null: what it names was reported, or it was removed
    bool is_removed = false;
    bool is_own = false;  // of a host in a range, by a `set` of its address
  };

  /// Whether nothing is bound at exactly these addresses; if so a binding is made, else reported.
  bool claim(const Located<AddressRange>& addresses, HostTemplatePtr host_template);

  Diagnostics& diagnostics_;
  std::vector<Binding> bindings_;
  tsl::robin_map<std::uint32_t, std::uint32_t> singles_;  // address -> index of bindings_
  std::map<std::pair<IpAddress, IpAddress>, std::size_t> ranges_;
  std::map<IpAddress, std::shared_ptr<HostTemplate>> conditional_;
  std::map<IpAddress, std::string> real_machines_;  // and the interface of each
};

}  // namespace apiary
