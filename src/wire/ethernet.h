#pragma once

#include <cstdint>
#include <optional>

#include "base/address.h"
#include "wire/wire.h"

namespace apiary {
namespace wire {

struct EthernetHeader {  // IEEE 802.3 with an EtherType
  MacAddress destination, source;
  BigEndian<std::uint16_t> ether_type;
};
static_assert(sizeof(EthernetHeader) == 14 && alignof(EthernetHeader) == 1);

struct VlanTag {                        // IEEE 802.1Q: follows its EtherType
  BigEndian<std::uint16_t> control;     // priority and VLAN
  BigEndian<std::uint16_t> ether_type;  // of what follows
};
static_assert(sizeof(VlanTag) == 4 && alignof(VlanTag) == 1);

}  // namespace wire

enum class EtherType : std::uint16_t {
  ipv4 = 0x0800,
  arp = 0x0806,
  vlan = 0x8100,
  ipv6 = 0x86dd,
  provider_vlan = 0x88a8
};

/// The VLAN ID in a tag. 0 means none: the tag has a priority only, and the frame counts as
/// untagged.
inline constexpr std::uint16_t vlan_id_bits = 0x0fff;

/// The header of an Ethernet frame. A VLAN tag in the bytes gives the VLAN, and the payload starts
/// after it.
struct EthernetFrame {
  MacAddress destination, source;
  EtherType type{};
  std::uint16_t vlan = 0;  // 0: none
  Bytes payload;
};

/// Nothing if the frame is shorter than its header.
inline std::optional<EthernetFrame> parse_ethernet(Bytes frame) {
  if (frame.size() < sizeof(wire::EthernetHeader)) return {};
  const auto header = wire::read<wire::EthernetHeader>(frame);
  EthernetFrame parsed{header.destination, header.source,
                       EtherType{std::uint16_t{header.ether_type}}, 0,
                       frame.subspan(sizeof header)};
  if (parsed.type != EtherType::vlan && parsed.type != EtherType::provider_vlan) return parsed;
  if (parsed.payload.size() < sizeof(wire::VlanTag)) return {};
  const auto tag = wire::read<wire::VlanTag>(parsed.payload);
  parsed.type = EtherType{std::uint16_t{tag.ether_type}};
  parsed.vlan = std::uint16_t{tag.control} & vlan_id_bits;
  parsed.payload = parsed.payload.subspan(sizeof tag);
  return parsed;
}

}  // namespace apiary
