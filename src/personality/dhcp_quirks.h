#pragma once

#include <cstdint>
#include <string_view>

namespace apiary {

struct Fingerprint;

/// The options of a system's DHCP client. Servers and sniffers identify systems by them. Nmap does
/// not test them; they follow the system's family.
struct DhcpQuirks {
  std::string_view order;               // numbers of the options that it sends
  std::string_view parameters;          // numbers of the options that it requests (option 55)
  std::string_view vendor_class;        // option 60; empty: not sent
  std::string_view host_name;           // prefix of option 12; empty: not sent
  std::uint8_t random_letters = 0;      // after the prefix
  std::uint16_t max_message_bytes = 0;  // option 57; 0: not sent
  std::uint32_t lease_seconds = 0;      // option 51, requested; 0: not sent
  std::uint8_t ttl = 64, type_of_service = 0;
};

/// Valid forever: its texts are constants.
DhcpQuirks dhcp_quirks_of(const Fingerprint& fingerprint);
/// The options of a plain Linux.
DhcpQuirks default_dhcp_quirks();

}  // namespace apiary
