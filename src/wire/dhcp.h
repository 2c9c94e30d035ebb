#pragma once

#include <optional>
#include <tl/expected.hpp>

#include "base/address.h"
#include "base/time.h"
#include "wire/decode_error.h"
#include "wire/wire.h"

namespace apiary {
namespace wire {

struct DhcpHeader {        // RFC 2131 section 2
  std::uint8_t operation;  // 1: from a client, 2: from a server
  std::uint8_t hardware_type, hardware_length, hops;
  BigEndian<std::uint32_t> transaction;
  BigEndian<std::uint16_t> seconds, flags;
  BigEndian<std::uint32_t> client, yours, server, relay;
  MacAddress client_mac;
  std::array<std::uint8_t, 10> client_mac_padding;
  std::array<std::uint8_t, 64> server_name;
  std::array<std::uint8_t, 128> file;
  BigEndian<std::uint32_t> cookie;
};
static_assert(sizeof(DhcpHeader) == 240 && alignof(DhcpHeader) == 1);

}  // namespace wire

inline constexpr Port dhcp_server_port{67}, dhcp_client_port{68};

enum class DhcpType : std::uint8_t {
  discover = 1,
  offer,
  request,
  decline,
  ack,
  nak,
  release,
  inform,
};

/// The options of RFC 2132 that Apiary uses.
namespace dhcp_option {
inline constexpr std::uint8_t pad = 0, host_name = 12, requested_address = 50, lease_time = 51,
                              overload = 52, message_type = 53, server = 54, parameters = 55,
                              max_message_bytes = 57, renewal_time = 58, rebinding_time = 59,
                              vendor_class = 60, client_id = 61, full_name = 81, end = 255;
}  // namespace dhcp_option

/// A message of the Dynamic Host Configuration Protocol: the parts that a client uses.
struct DhcpMessage {
  bool from_server = false;
  DhcpType type = DhcpType::discover;
  std::uint32_t transaction = 0;
  std::uint16_t seconds = 0;  // since the client's first message
  IpAddress client = IpAddress::v4(0), yours = IpAddress::v4(0);  // 0.0.0.0: none
  MacAddress client_mac;                                          // of the client
  std::optional<IpAddress> server, requested;
  std::optional<Duration> lease, renewal, rebinding;  // Duration::max(): infinite
};

/// Parses a DHCP message, also the options in its `sname` and `file` fields (RFC 2132 section 9.3).
/// Errors: truncated, bad_dhcp.
tl::expected<DhcpMessage, DecodeError> parse_dhcp(Bytes bytes);

}  // namespace apiary
