#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"

namespace apiary {

/// An address for connect().
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

/// A parsed "HOST:PORT".
struct ProxyTarget {
  std::string host;
  Port port;
};

/// Parses "HOST:PORT", where HOST is a name, an IPv4 address, or an IPv6 address in brackets.
/// Returns nothing for other text.
std::optional<ProxyTarget> parse_proxy_target(std::string_view text);

/// The address of a Unix socket; nothing if the path is too long for one.
std::optional<SocketAddress> unix_address(std::string_view path);

/// The address of a target whose host is an address; nothing if it is a name.
std::optional<SocketAddress> numeric_address(const ProxyTarget& target);

/// The IPv4 address `host_order`, with a port.
SocketAddress socket_address(std::uint32_t host_order, Port port);

/// An IPv4 address with its port; nothing for other families.
std::optional<Endpoint> endpoint_of(const SocketAddress& address);

}  // namespace apiary
