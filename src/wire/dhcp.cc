#include "wire/dhcp.h"

namespace apiary {
namespace {

constexpr std::uint32_t magic_cookie = 0x63825363;
constexpr std::uint8_t reply_operation = 2, ethernet_hardware = 1;

std::uint32_t read_word(Bytes value) { return wire::read<BigEndian<std::uint32_t>>(value); }

Duration read_time(Bytes value) {
  const std::uint32_t count = read_word(value);
  return count == 0xffffffff ? Duration::max() : Duration{seconds{count}};
}

/// The parsed options of a message.
struct Options {
  bool has_type = false;
  std::uint8_t overload = 0;  // 1: the file's field holds more, 2: the server name's
  DhcpMessage* message;

  void take(std::uint8_t code, Bytes value) {
    if (value.size() == 1) {
      if (code == dhcp_option::overload) overload = value[0];
      if (code == dhcp_option::message_type && value[0] >= 1 && value[0] <= 8) {
        message->type = static_cast<DhcpType>(value[0]);
        has_type = true;
      }
    }
    if (value.size() != 4) return;
    if (code == dhcp_option::server) message->server = IpAddress::v4(read_word(value));
    if (code == dhcp_option::requested_address)
      message->requested = IpAddress::v4(read_word(value));
    if (code == dhcp_option::lease_time) message->lease = read_time(value);
    if (code == dhcp_option::renewal_time) message->renewal = read_time(value);
    if (code == dhcp_option::rebinding_time) message->rebinding = read_time(value);
  }

  /// Whether they end within their field.
  bool read(Bytes field) {
    while (!field.empty() && field[0] != dhcp_option::end) {
      if (field[0] == dhcp_option::pad) {
        field = field.subspan(1);
        continue;
      }
      if (field.size() < 2 || field.size() - 2 < field[1]) return false;
      take(field[0], field.subspan(2, field[1]));
      field = field.subspan(std::size_t{2} + field[1]);
    }
    return true;
  }
};

}  // namespace

tl::expected<DhcpMessage, DecodeError> parse_dhcp(Bytes bytes) {
  if (bytes.size() < sizeof(wire::DhcpHeader)) return tl::unexpected(DecodeError::truncated);
  const auto header = wire::read<wire::DhcpHeader>(bytes);
  if (header.cookie != magic_cookie || header.hardware_type != ethernet_hardware ||
      header.hardware_length != 6)
    return tl::unexpected(DecodeError::bad_dhcp);
  DhcpMessage message{.from_server = header.operation == reply_operation,
                      .transaction = header.transaction,
                      .seconds = header.seconds,
                      .client = IpAddress::v4(header.client),
                      .yours = IpAddress::v4(header.yours),
                      .client_mac = header.client_mac,
                      .server = {},
                      .requested = {},
                      .lease = {},
                      .renewal = {},
                      .rebinding = {}};
  Options options{.message = &message};
  bool is_whole = options.read(bytes.subspan(sizeof header));
  const std::uint8_t overload = options.overload;
  if ((overload & 1) != 0) is_whole = options.read(header.file) && is_whole;
  if ((overload & 2) != 0) is_whole = options.read(header.server_name) && is_whole;
  if (!is_whole || !options.has_type) return tl::unexpected(DecodeError::bad_dhcp);
  return message;
}

}  // namespace apiary
