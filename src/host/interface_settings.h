#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "wire/frame.h"

namespace apiary {

/// A network that an interface is on, and the machine's own address in it.
struct LinkNetwork {
  IpPrefix network;
  IpAddress own;

  bool operator==(const LinkNetwork&) const = default;
  /// Whether `address` stands for the network, or all in it (RFC 1122 section 3.2.1.3).
  bool is_for_all(const IpAddress& address) const {
    return network.length() < 31 && (address == network.last() || address == network.first());
  }
  /// Whether what is sent to `address` is for all in it.
  bool is_broadcast(const IpAddress& address) const {
    return network.length() < 31 && address == network.last();
  }
};

/// An interface as the engine sees it.
struct InterfaceSettings {
  LinkLayer link_layer = LinkLayer::ethernet;
  MacAddress mac;  // unused on a raw IP interface
  std::size_t mtu_bytes = 1500;
  std::string name{};                   // as its device is called; tells which tunnel it is
  std::vector<LinkNetwork> networks{};  // none known: every address may be on the link
  std::optional<IpAddress> gateway{};   // the router on the link that leads to the world

  bool operator==(const InterfaceSettings&) const = default;
  /// The network that `address` belongs to; nullptr: none that is known.
  const LinkNetwork* network_of(const IpAddress& address) const {
    for (const LinkNetwork& network : networks)
      if (network.network.contains(address)) return &network;
    return nullptr;
  }
};

}  // namespace apiary
