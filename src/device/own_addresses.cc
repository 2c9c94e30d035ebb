#include "device/own_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <optional>

#include "device/kernel_tables.h"

namespace apiary {
namespace {

std::optional<IpAddress> v4_of(const sockaddr* address) {
  if (address == nullptr || address->sa_family != AF_INET) return {};
  sockaddr_in v4{};
  std::memcpy(&v4, address, sizeof v4);
  return IpAddress::v4(ntohl(v4.sin_addr.s_addr));
}

/// Adds prefixes that a route makes the machine's own: `ip route add local 10.0.0.0/24 dev lo`.
/// Each address has such a route, too.
void add_local_routes(std::vector<OwnAddress>& own, const std::vector<SeenRoute>& routes) {
  constexpr IpPrefix loopback{IpAddress::v4(127, 0, 0, 0), 8};
  const auto is_known = [&own](const SeenRoute& route) {
    return std::ranges::any_of(
        own, [&](const OwnAddress& one) { return one.own() == route.destination; });
  };
  for (const SeenRoute& route : routes)
    if (!loopback.contains(route.destination.first()) && !is_known(route))
      own.push_back({.address = route.destination.first(),
                     .interface = route.interface_name,
                     .own_length = route.destination.length()});
}

}  // namespace

tl::expected<std::vector<OwnAddress>, SystemError> own_addresses() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0)
    return tl::unexpected(last_system_error("cannot list this machine's addresses"));
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> keeper(list, &freeifaddrs);
  std::vector<OwnAddress> own;
  for (const ifaddrs* i = list; i != nullptr; i = i->ifa_next) {
    const auto address = v4_of(i->ifa_addr);
    if (!address) continue;
    const auto mask = v4_of(i->ifa_netmask);
    const int length = mask ? std::popcount(mask->v4_value()) : 32;
    // A /31 and a /32 have neither network nor broadcast address (RFC 3021).
    own.push_back({*address, length, i->ifa_name,
                   mask && length < 31 && (i->ifa_flags & IFF_BROADCAST) != 0});
  }
  const auto routes = read_local_routes();
  if (!routes) return tl::unexpected(routes.error());
  add_local_routes(own, *routes);
  return own;
}

}  // namespace apiary
