#include "packets.h"

#include <algorithm>

#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/tcp_options.h"
#include "wire/udp.h"

namespace apiary {
namespace {

constexpr IpAddress visitor = IpAddress::v4(192, 0, 2, 1);

PacketBytes around(IpProtocol protocol, const IpAddress& host, const PacketBytes& payload) {
  IpDatagram header;
  header.source = visitor;
  header.destination = host;
  header.protocol = static_cast<std::uint8_t>(protocol);
  PacketBytes bytes(ip_header_size_bytes(header));
  emit_ip_header(header, payload.size(), bytes);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

}  // namespace

PacketBytes echo_packet(const IpAddress& host) {
  const PacketBytes text(56, 'p');
  const IcmpMessage echo{static_cast<std::uint8_t>(IcmpType::echo_request), 0, 0x00010001, text};
  PacketBytes bytes(icmp_size_bytes(echo));
  emit_icmp(echo, bytes);
  return around(IpProtocol::icmp, host, bytes);
}

PacketBytes syn_packet(const IpAddress& host, Port source, Port destination) {
  TcpOptionBytes options;
  options.put_mss(1460);
  TcpSegment syn;
  syn.source_port = source;
  syn.destination_port = destination;
  syn.sequence = {1000};
  syn.flags = tcp_flag::syn;
  syn.window = 1024;
  syn.options = options.bytes();
  return tcp_packet(host, syn);
}

PacketBytes tcp_packet(const IpAddress& host, const TcpSegment& segment) {
  PacketBytes bytes(tcp_size_bytes(segment));
  emit_tcp(segment, visitor, host, bytes);
  return around(IpProtocol::tcp, host, bytes);
}

PacketBytes udp_packet(const IpAddress& host, Port destination) {
  const UdpDatagram datagram{Port{4000}, destination, true, {}};
  PacketBytes bytes(udp_size_bytes(datagram));
  emit_udp(datagram, visitor, host, bytes);
  return around(IpProtocol::udp, host, bytes);
}

}  // namespace apiary
