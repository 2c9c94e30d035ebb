#pragma once

#include <tl/expected.hpp>

#include "base/address.h"
#include "wire/decode_error.h"
#include "wire/wire.h"

namespace apiary {
namespace wire {

struct ArpHeader {  // RFC 826, with addresses of IPv4 over Ethernet
  BigEndian<std::uint16_t> hardware_type, protocol_type;
  std::uint8_t hardware_length, protocol_length;
  BigEndian<std::uint16_t> operation;
  MacAddress sender_mac;
  BigEndian<std::uint32_t> sender_ip;
  MacAddress target_mac;
  BigEndian<std::uint32_t> target_ip;
};
static_assert(sizeof(ArpHeader) == 28 && alignof(ArpHeader) == 1);

}  // namespace wire

inline constexpr std::uint16_t arp_ethernet = 1, arp_ipv4 = 0x0800;

enum class ArpOperation : std::uint16_t { request = 1, reply = 2 };

/// An ARP request or reply.
struct ArpMessage {
  ArpOperation operation = ArpOperation::request;  // or any other number
  MacAddress sender_mac;
  IpAddress sender_ip;  // 0.0.0.0 in a probe (RFC 5227)
  MacAddress target_mac;
  IpAddress target_ip;
  // The hardware and protocol types in the message. Some systems ignore them.
  std::uint16_t hardware_type = arp_ethernet, protocol_type = arp_ipv4;
  std::uint8_t hardware_length = 6, protocol_length = 4;
  bool operator==(const ArpMessage&) const = default;
};

/// Reads the addresses as IPv4 over Ethernet, whatever types the message has. Error: truncated.
/// Ignores padding after the message.
tl::expected<ArpMessage, DecodeError> parse_arp(Bytes bytes);

inline constexpr std::size_t arp_size_bytes = sizeof(wire::ArpHeader);
/// REQUIRES: target.size() >= arp_size_bytes.
void emit_arp(const ArpMessage& message, std::span<std::uint8_t> target);

}  // namespace apiary
