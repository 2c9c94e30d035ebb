#include "service/proxy_target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <charconv>
#include <cstddef>
#include <cstring>

namespace apiary {

std::optional<ProxyTarget> parse_proxy_target(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return std::nullopt;

  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc{} || end != port.data() + port.size() || number == 0 || host.empty())
    return std::nullopt;
  return ProxyTarget{std::string(host), Port{number}};
}

std::optional<SocketAddress> numeric_address(const ProxyTarget& target) {
  in_addr v4{};
  if (inet_pton(AF_INET, target.host.c_str(), &v4) == 1)
    return socket_address(ntohl(v4.s_addr), target.port);
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET6, target.host.c_str(), &v6.sin6_addr) != 1) return std::nullopt;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(target.port.number);
  SocketAddress address;
  std::memcpy(&address.storage, &v6, sizeof v6);
  address.length = sizeof v6;
  return address;
}

std::optional<SocketAddress> unix_address(std::string_view path) {
  sockaddr_un local{};
  if (path.size() >= sizeof local.sun_path) return std::nullopt;
  local.sun_family = AF_UNIX;
  path.copy(local.sun_path, path.size());
  SocketAddress address;
  std::memcpy(&address.storage, &local, sizeof local);
  address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return address;
}

std::optional<Endpoint> endpoint_of(const SocketAddress& address) {
  if (address.storage.ss_family != AF_INET) return std::nullopt;
  sockaddr_in v4{};
  std::memcpy(&v4, &address.storage, sizeof v4);
  return Endpoint{IpAddress::v4(ntohl(v4.sin_addr.s_addr)), Port{ntohs(v4.sin_port)}};
}

SocketAddress socket_address(std::uint32_t host_order, Port port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port.number);
  v4.sin_addr.s_addr = htonl(host_order);
  SocketAddress address;
  std::memcpy(&address.storage, &v4, sizeof v4);
  address.length = sizeof v4;
  return address;
}

}  // namespace apiary
