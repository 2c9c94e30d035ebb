#include "wire/arp.h"

#include "wire/ethernet.h"

namespace apiary {
namespace {
constexpr std::uint16_t ethernet_hardware = 1;
}

tl::expected<ArpMessage, DecodeError> parse_arp(Bytes bytes) {
  if (bytes.size() < sizeof(wire::ArpHeader)) return tl::unexpected(DecodeError::truncated);
  const auto header = wire::read<wire::ArpHeader>(bytes);
  const std::uint16_t operation = header.operation;
  if (header.hardware_type != ethernet_hardware || header.hardware_length != 6 ||
      header.protocol_type != static_cast<std::uint16_t>(EtherType::ipv4) ||
      header.protocol_length != 4 || operation < 1 || operation > 2)
    return tl::unexpected(DecodeError::bad_arp);
  return ArpMessage{static_cast<ArpOperation>(operation), header.sender_mac,
                    IpAddress::v4(header.sender_ip), header.target_mac,
                    IpAddress::v4(header.target_ip)};
}

void emit_arp(const ArpMessage& message, std::span<std::uint8_t> target) {
  wire::write(wire::ArpHeader{.hardware_type = ethernet_hardware,
                              .protocol_type = static_cast<std::uint16_t>(EtherType::ipv4),
                              .hardware_length = 6,
                              .protocol_length = 4,
                              .operation = static_cast<std::uint16_t>(message.operation),
                              .sender_mac = message.sender_mac,
                              .sender_ip = message.sender_ip.v4_value(),
                              .target_mac = message.target_mac,
                              .target_ip = message.target_ip.v4_value()},
              target);
}

}  // namespace apiary
