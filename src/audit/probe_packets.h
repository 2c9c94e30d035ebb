#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "wire/ip.h"
#include "wire/tcp.h"

namespace apiary {

/// The bytes of an IP datagram.
using ProbeBytes = std::vector<std::uint8_t>;

/// Which options a SYN offers.
enum class SynOffer : std::uint8_t {
  nothing,       // as hping3 and ZMap without options
  mss,           // as Masscan
  bsd,           // MSS, window scale, SACK permitted, timestamps, in the order of the BSDs
  linux_kernel,  // in the order of Linux
  windows,       // in the order of Windows: no timestamps
};
/// The raw options, a multiple of four bytes. `clock`: of the timestamps.
ProbeBytes options_of(SynOffer offer, std::uint32_t clock);

/// `header` with `payload` behind it.
ProbeBytes datagram_of(const IpDatagram& header, Bytes payload);
ProbeBytes tcp_packet(IpDatagram header, const TcpSegment& segment);
ProbeBytes udp_packet(IpDatagram header, Port from, Port to, Bytes payload);
/// An ICMP query: `tag` is its identifier.
ProbeBytes icmp_packet(IpDatagram header, std::uint8_t type, std::uint8_t code, std::uint16_t tag,
                       std::uint16_t sequence, Bytes payload);

}  // namespace apiary
