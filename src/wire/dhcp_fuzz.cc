// Parses any bytes as ARP and as DHCP, or returns an error.
#include <cstdint>
#include <cstdlib>

#include "wire/arp.h"
#include "wire/dhcp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const apiary::Bytes bytes(data, size);
  if (const auto arp = apiary::parse_arp(bytes)) {
    std::uint8_t again[apiary::arp_size_bytes];
    apiary::emit_arp(*arp, again);
    if (apiary::parse_arp(again) != *arp) std::abort();
  }
  const auto dhcp = apiary::parse_dhcp(bytes);
  if (dhcp && (dhcp->type < apiary::DhcpType::discover || dhcp->type > apiary::DhcpType::inform))
    std::abort();
  return 0;
}
