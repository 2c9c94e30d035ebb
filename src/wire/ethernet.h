#pragma once

#include <cstdint>

#include "base/address.h"
#include "wire/wire.h"

namespace apiary {
namespace wire {

struct EthernetHeader {  // IEEE 802.3 with an EtherType
  MacAddress destination, source;
  BigEndian<std::uint16_t> ether_type;
};
static_assert(sizeof(EthernetHeader) == 14 && alignof(EthernetHeader) == 1);

}  // namespace wire

enum class EtherType : std::uint16_t { ipv4 = 0x0800, arp = 0x0806 };

}  // namespace apiary
