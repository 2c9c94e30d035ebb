#include "wire/decode_error.h"

namespace apiary {

std::string_view to_string(DecodeError error) {
  switch (error) {
    case DecodeError::truncated:
      return "truncated";
    case DecodeError::of_vlan:
      return "tagged for a VLAN";
    case DecodeError::unknown_ether_type:
      return "unknown ether type";
    case DecodeError::bad_ip_version:
      return "bad IP version";
    case DecodeError::ipv6_unsupported:
      return "IPv6 is not supported yet";
    case DecodeError::bad_header_length:
      return "bad IP header length";
    case DecodeError::bad_total_length:
      return "bad IP total length";
    case DecodeError::bad_ip_checksum:
      return "bad IP checksum";
    case DecodeError::bad_fragment:
      return "bad fragment";
    case DecodeError::bad_data_offset:
      return "bad TCP data offset";
    case DecodeError::bad_dhcp:
      return "bad DHCP";
    case DecodeError::bad_udp_length:
      return "bad UDP length";
    case DecodeError::bad_gre:
      return "bad GRE";
    case DecodeError::bad_transport_checksum:
      return "bad transport checksum";
  }
  return "unknown";
}

}  // namespace apiary
