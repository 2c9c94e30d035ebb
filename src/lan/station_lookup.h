#pragma once

#include <optional>
#include <span>

#include "base/address_set.h"
#include "honeynet/honeynet.h"
#include "host/interface_settings.h"
#include "lan/dhcp_clients.h"

namespace apiary {

/// Who answers on a link for an address: the host itself, or the first router on the way to it.
struct Station {
  IpAddress address;  // of the machine that answers
  MacAddress mac;
  ArpRules arp;
  bool has_nic = false;    // of its own; else it is this machine, as far as the link can tell
  bool is_leased = false;  // a DHCP server leased it the address
  Duration reaction{};     // how long it takes to answer
};

/// The machines that neighbours on a link see. Points to what the engine has at the moment: make
/// one when it is needed.
class StationLookup {
 public:
  StationLookup(const Honeynet& honeynet, const AddressSet& claimed, const DhcpClients& leases,
                std::span<const InterfaceSettings> interfaces, const HashKey& host_key)
      : honeynet_(honeynet),
        claimed_(claimed),
        leases_(leases),
        interfaces_(interfaces),
        key_(host_key) {}

  /// Whoever answers for `address` on the link of an interface. Nothing: nobody does.
  std::optional<Station> find(InterfaceId interface, const IpAddress& address) const;

  /// Whether a frame to `receiver` is heard by the station that answers for `address`. One with a
  /// card hears what is sent to that, and, being on no network of the link, what this machine would
  /// pass on to it.
  bool hears(InterfaceId interface, const MacAddress& receiver, const IpAddress& address) const;

  const InterfaceSettings& interface(InterfaceId id) const { return interfaces_[id.index]; }

 private:
  /// The address of that station.
  std::optional<IpAddress> address_of(const IpAddress& destination) const;

  const Honeynet& honeynet_;
  const AddressSet& claimed_;
  const DhcpClients& leases_;
  std::span<const InterfaceSettings> interfaces_;
  const HashKey& key_;
};

}  // namespace apiary
