#pragma once

#include <cstdint>
#include <string_view>

namespace apiary {

/// Why received bytes cannot be parsed.
enum class DecodeError : std::uint8_t {
  truncated,           // shorter than its header, or than its header says
  unknown_ether_type,  // neither ARP nor IP
  of_vlan,             // tagged for a VLAN
  bad_ip_version,      // neither 4 nor 6, or not the one that the frame's type names
  ipv6_unsupported,
  bad_header_length,  // an IPv4 header of fewer than 20 bytes, or past the datagram's end
  bad_total_length,   // an IPv4 total length below the header's
  bad_ip_checksum,    // of the IPv4 header
  bad_fragment,       // a fragment that ends past 65,535 bytes, or not a multiple of 8 bytes
  bad_data_offset,    // a TCP header of fewer than 20 bytes, or past the segment's end
  bad_dhcp,           // not a DHCP message for Ethernet, or its options have no end
  bad_udp_length,     // a UDP length below 8, or past the datagram's end
  bad_gre,            // a GRE header that receivers must reject, or a wrong checksum
  bad_transport_checksum,
};

std::string_view to_string(DecodeError error);

}  // namespace apiary
