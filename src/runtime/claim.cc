#include "runtime/claim.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <bit>
#include <cstring>
#include <memory>

#include "base/random.h"
#include "host/stations.h"

namespace apiary {
namespace {

const IpPrefix never_claimed[] = {{IpAddress::v4(127, 0, 0, 0), 8},
                                  {IpAddress::v4(224, 0, 0, 0), 3}};

IpAddress address_of(const sockaddr* address) {
  sockaddr_in v4{};
  std::memcpy(&v4, address, sizeof v4);
  return IpAddress::v4(ntohl(v4.sin_addr.s_addr));
}

using InterfaceAddresses = std::unique_ptr<ifaddrs, decltype(&freeifaddrs)>;

/// All addresses of this machine's interfaces; nullptr, with errno, when they cannot be listed.
InterfaceAddresses interface_addresses() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) list = nullptr;
  return {list, &freeifaddrs};
}

bool is_v4(const sockaddr* address) { return address != nullptr && address->sa_family == AF_INET; }

void take_out(Claim& claim, const IpAddress& address, std::string_view why) {
  if (!claim.addresses.contains(address)) return;
  claim.addresses.remove(address);
  claim.remarks.push_back(fmt::format("{} {}: not claimed", to_string(address), why));
}

}  // namespace

tl::expected<AddressSet, std::string> parse_nets(const std::vector<std::string>& nets) {
  AddressSet set;
  for (const std::string& net : nets) {
    const auto range = parse_address_range(net);
    if (!range)
      return tl::unexpected(fmt::format(
          "'{}' is no address (10.0.0.5), prefix (10.0.0.0/24) or range (10.0.0.5-10.0.0.9)", net));
    for (const IpPrefix& prefix : never_claimed)
      if (prefix.contains(range->first) || prefix.contains(range->last))
        return tl::unexpected(fmt::format("'{}' cannot be claimed: {} belongs to no machine", net,
                                          to_string(prefix)));
    set.add(*range);
  }
  return set;
}

tl::expected<Claim, std::string> settle_claim(AddressSet wanted) {
  Claim claim{std::move(wanted), {}};
  const InterfaceAddresses addresses = interface_addresses();
  if (addresses == nullptr)
    return tl::unexpected(
        fmt::format("cannot list this machine's addresses: {}", std::strerror(errno)));
  for (const ifaddrs* i = addresses.get(); i != nullptr; i = i->ifa_next) {
    if (!is_v4(i->ifa_addr)) continue;
    const IpAddress own = address_of(i->ifa_addr);
    take_out(claim, own, fmt::format("is this machine's own ({})", i->ifa_name));
    if (!is_v4(i->ifa_netmask) || (i->ifa_flags & IFF_BROADCAST) == 0) continue;
    const std::uint32_t mask = address_of(i->ifa_netmask).v4_value();
    if (mask >= 0xfffffffe) continue;  // a /31 or /32 has neither (RFC 3021)
    take_out(claim, IpAddress::v4(own.v4_value() & mask),
             fmt::format("is the network's own address on {}", i->ifa_name));
    take_out(claim, IpAddress::v4(own.v4_value() | ~mask),
             fmt::format("is the broadcast address on {}", i->ifa_name));
  }
  return claim;
}

Reception reception_of(const Honeynet& honeynet, const AddressSet& claimed,
                       const HashKey& host_key) {
  auto macs = card_addresses(honeynet, claimed, host_key, most_told_macs);
  if (!macs) return {.addresses = claimed, .many_macs = true};
  return {.addresses = claimed, .macs = std::move(*macs)};
}

InterfaceSettings settings_of(const Device& device) {
  InterfaceSettings settings{.link_layer = device.link_layer(),
                             .mac = device.mac(),
                             .mtu_bytes = device.mtu_bytes(),
                             .name = device.name()};
  const InterfaceAddresses addresses = interface_addresses();
  for (const ifaddrs* i = addresses.get(); i != nullptr; i = i->ifa_next) {
    if (device.name() != i->ifa_name || !is_v4(i->ifa_addr) || !is_v4(i->ifa_netmask)) continue;
    const IpAddress own = address_of(i->ifa_addr);
    const int length = std::popcount(address_of(i->ifa_netmask).v4_value());
    settings.networks.push_back({IpPrefix(own, length), own});
  }
  return settings;
}

}  // namespace apiary
