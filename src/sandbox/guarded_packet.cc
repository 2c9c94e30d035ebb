#include "sandbox/guarded_packet.h"

#include <netinet/ip.h>
#include <netinet/tcp.h>

#include <cstring>

namespace apiary {
namespace {

constexpr std::size_t quoted_payload_bytes = 8, flags_at = 13;

Port port_at(std::span<const std::byte> bytes, std::size_t at) {
  return Port{static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) << 8 |
                                         std::to_integer<unsigned>(bytes[at + 1]))};
}

}  // namespace

std::optional<GuardedPacket> read_guarded_packet(std::span<const std::byte> packet) {
  ip header{};
  if (packet.size() < sizeof header) return {};
  std::memcpy(&header, packet.data(), sizeof header);
  const std::size_t size = header.ip_hl * std::size_t{4};
  if (header.ip_v != 4 || size < sizeof header || packet.size() < size + quoted_payload_bytes)
    return {};
  const bool is_tcp = header.ip_p == IPPROTO_TCP;
  if ((!is_tcp && header.ip_p != IPPROTO_UDP) || (ntohs(header.ip_off) & IP_OFFMASK) != 0)
    return {};
  const auto payload = packet.subspan(size);
  GuardedPacket read{
      .flow = {.remote = {IpAddress::v4(ntohl(header.ip_dst.s_addr)), port_at(payload, 2)},
               .local = {IpAddress::v4(ntohl(header.ip_src.s_addr)), port_at(payload, 0)},
               .protocol = is_tcp ? IpProtocol::tcp : IpProtocol::udp},
      .begins_flow = !is_tcp,
      .quoted_bytes = size + quoted_payload_bytes};
  if (is_tcp && payload.size() > flags_at) {
    const auto flags = std::to_integer<unsigned>(payload[flags_at]);
    read.begins_flow = (flags & (TH_SYN | TH_ACK | TH_RST)) == TH_SYN;
  }
  return read;
}

}  // namespace apiary
