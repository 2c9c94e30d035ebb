#include "device/own_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <bit>
#include <cstring>
#include <memory>
#include <optional>

namespace apiary {
namespace {

std::optional<IpAddress> v4_of(const sockaddr* address) {
  if (address == nullptr || address->sa_family != AF_INET) return {};
  sockaddr_in v4{};
  std::memcpy(&v4, address, sizeof v4);
  return IpAddress::v4(ntohl(v4.sin_addr.s_addr));
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
  return own;
}

}  // namespace apiary
