#include "host/packet_outlet.h"

#include <algorithm>

#include "wire/ethernet.h"
#include "wire/udp.h"

namespace apiary {
namespace {

IpDatagram after_hops(IpDatagram header, const WayBack& way) {
  header.ttl = static_cast<std::uint8_t>(header.ttl - way.hops);
  return header;
}

}  // namespace

void PacketOutlet::send_tcp(Instant now, const WayBack& way, const IpDatagram& header,
                            const TcpSegment& segment) {
  if (expires_on_the_way(way, header)) return;
  const std::size_t header_size = ipv4_header_size_bytes(header);
  const std::size_t size = tcp_size_bytes(segment);
  Packet packet = make_packet(header_size + size);
  if (!packet) return;
  const auto bytes = packet.bytes();
  emit_tcp(segment, header.source, header.destination, bytes.subspan(header_size));
  emit_ipv4_header(after_hops(header, way), size, bytes);
  dispatch(now, way, std::move(packet));
}

void PacketOutlet::send_icmp(Instant now, const WayBack& way, const IpDatagram& header,
                             const IcmpMessage& message) {
  if (expires_on_the_way(way, header)) return;
  assembled_.resize(icmp_size_bytes(message));
  emit_icmp(message, assembled_);
  send_assembled(now, way, header);
}

void PacketOutlet::send_udp(Instant now, const WayBack& way, const IpDatagram& header, Port source,
                            Port destination, Bytes payload) {
  if (expires_on_the_way(way, header)) return;
  const UdpDatagram datagram{source, destination, true, payload};
  assembled_.resize(udp_size_bytes(datagram));
  emit_udp(datagram, header.source, header.destination, assembled_);
  send_assembled(now, way, header);
}

void PacketOutlet::send_assembled(Instant now, const WayBack& way, const IpDatagram& header) {
  const std::size_t header_size = ipv4_header_size_bytes(header);
  const std::size_t mtu =
      std::min(interface(way.exit.interface).mtu_bytes, PacketPool::largest_packet_bytes);
  const Bytes payload = assembled_;
  if (header_size + payload.size() <= mtu) return send_fragment(now, way, header, payload);

  const std::size_t step = (mtu - header_size) / 8 * 8;
  IpDatagram fragment = header;
  fragment.dont_fragment = false;  // a host that fragments its own datagrams cannot forbid it
  for (std::size_t offset = 0; offset < payload.size(); offset += step) {
    fragment.fragment_offset_bytes = static_cast<std::uint16_t>(offset);
    fragment.more_fragments = offset + step < payload.size();
    send_fragment(now, way, fragment,
                  payload.subspan(offset, std::min(step, payload.size() - offset)));
  }
}

void PacketOutlet::send_fragment(Instant now, const WayBack& way, const IpDatagram& header,
                                 Bytes payload) {
  const std::size_t header_size = ipv4_header_size_bytes(header);
  Packet packet = make_packet(header_size + payload.size());
  if (!packet) return;
  const auto bytes = packet.bytes();
  emit_ipv4_header(after_hops(header, way), payload.size(), bytes);
  std::copy(payload.begin(), payload.end(),
            bytes.begin() + static_cast<std::ptrdiff_t>(header_size));
  dispatch(now, way, std::move(packet));
}

void PacketOutlet::send_arp(Instant now, InterfaceId interface_id, const MacAddress& to,
                            const ArpMessage& message) {
  Packet packet = make_packet(arp_size_bytes);
  if (!packet) return;
  emit_arp(message, packet.bytes());
  wire::write(wire::EthernetHeader{to, interface(interface_id).mac,
                                   static_cast<std::uint16_t>(EtherType::arp)},
              packet.prepend(sizeof(wire::EthernetHeader)));
  packet.interface = interface_id;
  delayed_.push(now, std::move(packet));
}

Packet PacketOutlet::make_packet(std::size_t size_bytes) {
  Packet packet = pool_.make(size_bytes);
  if (!packet) counters_.count(DropReason::no_buffer);
  return packet;
}

void PacketOutlet::dispatch(Instant now, const WayBack& way, Packet packet) {
  if (random_.happens(way.loss)) return counters_.count(DropReason::lost_on_link);
  const InterfaceSettings& exit = interface(way.exit.interface);
  if (exit.link_layer == LinkLayer::ethernet)
    wire::write(
        wire::EthernetHeader{way.exit.peer, exit.mac, static_cast<std::uint16_t>(EtherType::ipv4)},
        packet.prepend(sizeof(wire::EthernetHeader)));
  packet.interface = way.exit.interface;
  delayed_.push(now + way.delay, std::move(packet));
}

void PacketOutlet::release(Instant now, std::vector<Packet>& packets) {
  while (delayed_.next_due() <= now) {
    Packet packet = delayed_.pop();
    ++counters_.sent_packets;
    counters_.sent_bytes += packet.size();
    packets.push_back(std::move(packet));
  }
}

}  // namespace apiary
