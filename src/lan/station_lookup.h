#pragma once

#include <optional>
#include <span>

#include "base/address_set.h"
#include "honeynet/honeynet.h"
#include "host/interface_settings.h"
#include "lan/dhcp_clients.h"

namespace apiary {

/// The machine that answers for an address on a link: the host itself, or the first router on the
/// path to it.
struct Station {
  IpAddress address;  // of that machine
  MacAddress mac;
  ArpRules arp;
  bool has_nic = false;    // of its own; otherwise it has the MAC address of this machine
  bool is_leased = false;  // a DHCP server leased it the address
  Duration reaction{};     // the time until it answers
};

/// Finds the machines that neighbours on a link see. Points into the current state of the engine:
/// do not store it.
class StationLookup {
 public:
  StationLookup(const Honeynet& honeynet, const AddressSet& claimed, const DhcpClients& leases,
                std::span<const InterfaceSettings> interfaces, const HashKey& host_key)
      : honeynet_(honeynet),
        claimed_(claimed),
        leases_(leases),
        interfaces_(interfaces),
        key_(host_key) {}

  /// The machine that answers for `address` on the link of an interface; nothing if there is none.
  std::optional<Station> find(InterfaceId interface, const IpAddress& address) const;

  /// Whether the station that answers for `address` receives a frame to `receiver`. A station with
  /// a NIC receives frames to its MAC address. If it is on no network of the link, it also receives
  /// frames that this machine would forward to it.
  bool receives(InterfaceId interface, const MacAddress& receiver, const IpAddress& address) const;

  const InterfaceSettings& interface(InterfaceId id) const { return interfaces_[id.index]; }

 private:
  /// The IP address of that station.
  std::optional<IpAddress> address_of(const IpAddress& destination) const;

  const Honeynet& honeynet_;
  const AddressSet& claimed_;
  const DhcpClients& leases_;
  std::span<const InterfaceSettings> interfaces_;
  const HashKey& key_;
};

}  // namespace apiary
