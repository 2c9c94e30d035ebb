#include "audit/probe_packets.h"

#include <algorithm>

#include "wire/icmp.h"
#include "wire/tcp_options.h"
#include "wire/udp.h"

namespace apiary {

ProbeBytes options_of(SynOffer offer, std::uint32_t clock) {
  TcpOptionBytes options;
  constexpr std::uint16_t mss = 1460;
  switch (offer) {
    case SynOffer::nothing:
      break;
    case SynOffer::mss:
      options.put_mss(mss);
      break;
    case SynOffer::bsd:
      options.put_mss(mss);
      options.put_nop();
      options.put_window_scale(6);
      options.put_sack_permitted();
      options.put_timestamps({.value = clock});
      break;
    case SynOffer::linux_kernel:
      options.put_mss(mss);
      options.put_sack_permitted();
      options.put_timestamps({.value = clock});
      options.put_nop();
      options.put_window_scale(7);
      break;
    case SynOffer::windows:
      options.put_mss(mss);
      options.put_nop();
      options.put_window_scale(8);
      options.put_nop();
      options.put_nop();
      options.put_sack_permitted();
      break;
  }
  options.pad();
  return {options.bytes().begin(), options.bytes().end()};
}

ProbeBytes datagram_of(const IpDatagram& header, Bytes payload) {
  const std::size_t header_bytes = ip_header_size_bytes(header);
  ProbeBytes bytes(header_bytes + payload.size());
  emit_ip_header(header, payload.size(), bytes);
  std::ranges::copy(payload, bytes.begin() + static_cast<std::ptrdiff_t>(header_bytes));
  return bytes;
}

ProbeBytes tcp_packet(IpDatagram header, const TcpSegment& segment) {
  header.protocol = static_cast<std::uint8_t>(IpProtocol::tcp);
  ProbeBytes payload(tcp_size_bytes(segment));
  emit_tcp(segment, header.source, header.destination, payload);
  return datagram_of(header, payload);
}

ProbeBytes udp_packet(IpDatagram header, Port from, Port to, Bytes payload) {
  header.protocol = static_cast<std::uint8_t>(IpProtocol::udp);
  const UdpDatagram datagram{.source_port = from, .destination_port = to, .payload = payload};
  ProbeBytes bytes(udp_size_bytes(datagram));
  emit_udp(datagram, header.source, header.destination, bytes);
  return datagram_of(header, bytes);
}

ProbeBytes icmp_packet(IpDatagram header, std::uint8_t type, std::uint8_t code, std::uint16_t tag,
                       std::uint16_t sequence, Bytes payload) {
  header.protocol = static_cast<std::uint8_t>(IpProtocol::icmp);
  const IcmpMessage message{
      .type = type, .code = code, .rest = std::uint32_t{tag} << 16 | sequence, .payload = payload};
  ProbeBytes bytes(icmp_size_bytes(message));
  emit_icmp(message, bytes);
  return datagram_of(header, bytes);
}

}  // namespace apiary
