#pragma once

#include <cstdint>
#include <string_view>

namespace apiary {

struct Fingerprint;

/// The options of a system's DHCP client, by which servers and sniffers identify systems. Nmap does
/// not test them; they follow the system's family.
struct DhcpQuirks {
  std::string_view order;               // the options it sends, by their numbers
  std::string_view parameters;          // the numbers of those it asks for
  std::string_view vendor_class;        // empty: it does not say
  std::string_view host_name;           // begins so; empty: it does not say
  std::uint8_t random_letters = 0;      // that follow in the host name
  std::uint16_t max_message_bytes = 0;  // bytes; 0: it does not say
  std::uint32_t lease_seconds = 0;      // that it asks for; 0: it does not say
  std::uint8_t ttl = 64, type_of_service = 0;
};

/// Never dangling: its texts are constants.
DhcpQuirks dhcp_quirks_of(const Fingerprint& fingerprint);
/// Those of a plain Linux.
DhcpQuirks default_dhcp_quirks();

}  // namespace apiary
