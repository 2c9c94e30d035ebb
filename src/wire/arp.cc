#include "wire/arp.h"

namespace apiary {

tl::expected<ArpMessage, DecodeError> parse_arp(Bytes bytes) {
  if (bytes.size() < sizeof(wire::ArpHeader)) return tl::unexpected(DecodeError::truncated);
  const auto header = wire::read<wire::ArpHeader>(bytes);
  return ArpMessage{.operation = static_cast<ArpOperation>(std::uint16_t{header.operation}),
                    .sender_mac = header.sender_mac,
                    .sender_ip = IpAddress::v4(header.sender_ip),
                    .target_mac = header.target_mac,
                    .target_ip = IpAddress::v4(header.target_ip),
                    .hardware_type = header.hardware_type,
                    .protocol_type = header.protocol_type,
                    .hardware_length = header.hardware_length,
                    .protocol_length = header.protocol_length};
}

void emit_arp(const ArpMessage& message, std::span<std::uint8_t> target) {
  wire::write(wire::ArpHeader{.hardware_type = message.hardware_type,
                              .protocol_type = message.protocol_type,
                              .hardware_length = message.hardware_length,
                              .protocol_length = message.protocol_length,
                              .operation = static_cast<std::uint16_t>(message.operation),
                              .sender_mac = message.sender_mac,
                              .sender_ip = message.sender_ip.v4_value(),
                              .target_mac = message.target_mac,
                              .target_ip = message.target_ip.v4_value()},
              target);
}

}  // namespace apiary
