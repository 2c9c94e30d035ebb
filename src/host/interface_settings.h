#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "wire/frame.h"

namespace apiary {

/// A network of an interface, and this machine's address in it.
struct LinkNetwork {
  IpPrefix network;
  IpAddress own;

  bool operator==(const LinkNetwork&) const = default;
  /// Whether `address` is the address of the network or a broadcast address (RFC 1122 section
  /// 3.2.1.3).
  bool is_for_all(const IpAddress& address) const {
    return network.length() < 31 && (address == network.last() || address == network.first());
  }
  /// Whether `address` is a broadcast address of the network.
  bool is_broadcast(const IpAddress& address) const {
    return network.length() < 31 && address == network.last();
  }
};

/// An interface as the engine sees it.
struct InterfaceSettings {
  LinkLayer link_layer = LinkLayer::ethernet;
  MacAddress mac;  // unused on a raw IP interface
  std::size_t mtu_bytes = 1500;
  std::string name{};                   // of its device; identifies a tunnel
  std::vector<LinkNetwork> networks{};  // empty: every address may be on the link
  std::optional<IpAddress> gateway{};   // the default router on the link

  bool operator==(const InterfaceSettings&) const = default;
  /// The network of `address`; nullptr if none is known.
  const LinkNetwork* network_of(const IpAddress& address) const {
    for (const LinkNetwork& network : networks)
      if (network.network.contains(address)) return &network;
    return nullptr;
  }
};

}  // namespace apiary
