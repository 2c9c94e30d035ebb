#include "host/packet_sender.h"

#include <algorithm>

#include "base/random.h"
#include "honeynet/honeynet.h"
#include "wire/decode.h"
#include "wire/ethernet.h"
#include "wire/udp.h"

namespace apiary {
PacketSender::PacketSender(std::vector<InterfaceSettings> interfaces, const Limits& limits,
                           EmulatedNetwork& network, Counters& counters)
    : interfaces_(std::move(interfaces)),
      pool_(limits.packet_buffer_bytes),
      network_(network),
      counters_(counters),
      departures_(interfaces_, pool_, network, counters) {
  interfaces_.push_back({.link_layer = LinkLayer::raw_ip, .mac = {}, .name = "internal"});
}

std::optional<FragmentationNeeded> PacketSender::send_tcp(const ReplyRoute& way,
                                                          const IpDatagram& header,
                                                          const TcpSegment& segment) {
  if (expires_on_the_way(way, header)) return {};
  const std::size_t size = tcp_size_bytes(segment);
  if (header.dont_fragment && ip_header_size_bytes(header) + size > mtu_of(way)) {
    counters_.count(DropReason::too_large);
    return refusal(way, ip_header_size_bytes(header) + size);
  }
  send(way, header, size, [&](std::span<std::uint8_t> target) {
    emit_tcp(segment, header.source, header.destination, target);
  });
  return {};
}

template <class Emit>
void PacketSender::send_whole(const ReplyRoute& way, const IpDatagram& header, std::size_t size,
                              Emit emit) {
  const std::size_t header_size = ip_header_size_bytes(header);
  Packet packet = make_packet(header_size + size);
  if (!packet) return;
  emit_ip_header(header, size, packet.bytes(), way.hops);
  emit(packet.bytes().subspan(header_size));
  dispatch(way, header, std::move(packet));
}

template <class Emit>
void PacketSender::send(const ReplyRoute& way, const IpDatagram& header, std::size_t size,
                        Emit emit) {
  if (ip_header_size_bytes(header) + size <= mtu_of(way))
    return send_whole(way, header, size, emit);
  assembled_.resize(size);
  emit(std::span(assembled_));
  IpDatagram identified = header;
  if (header.identification == 0) identified.identification = draw_fragment_id(header.source);
  send_in_fragments(way, identified, assembled_);
}

/// The error of the first router on the outbound path whose next link has too small an MTU. The
/// last of these links is that of our interface.
std::optional<FragmentationNeeded> PacketSender::refusal(const ReplyRoute& way,
                                                         std::size_t size_bytes) const {
  const std::size_t hops = way.path == nullptr ? 0 : way.path->hops.size();
  Duration router = way.from.latency;  // from the outside to the router at the link's inner end
  for (std::size_t i = std::min<std::size_t>(way.hops, hops); i-- > 0;) {
    const Hop& hop = way.path->hops[i];
    if (hop.next_mtu_bytes < size_bytes)
      return FragmentationNeeded{hop.next_mtu_bytes, 2 * (way.from.latency - router)};
    router = hop.place.latency;
  }
  const std::size_t outside = interface(way.exit.interface).mtu_bytes;
  if (outside >= size_bytes) return {};
  return FragmentationNeeded{static_cast<std::uint16_t>(std::min<std::size_t>(outside, UINT16_MAX)),
                             2 * (way.from.latency - router)};
}

void PacketSender::send_icmp(const ReplyRoute& way, const IpDatagram& header,
                             const IcmpMessage& message) {
  if (expires_on_the_way(way, header)) return;
  send(way, header, icmp_size_bytes(message),
       [&](std::span<std::uint8_t> target) { emit_icmp(message, target); });
}

void PacketSender::send_udp(const ReplyRoute& way, const IpDatagram& header, Port source,
                            Port destination, Bytes payload) {
  if (expires_on_the_way(way, header)) return;
  const UdpDatagram datagram{source, destination, true, payload};
  send(way, header, udp_size_bytes(datagram), [&](std::span<std::uint8_t> target) {
    emit_udp(datagram, header.source, header.destination, target);
  });
}

void PacketSender::forward(const ReplyRoute& way, const IpDatagram& datagram) {
  if (expires_on_the_way(way, datagram)) return;
  if (ip_header_size_bytes(datagram) + datagram.payload.size() <= mtu_of(way))
    send_fragment(way, datagram, datagram.payload);
  else
    send_in_fragments(way, datagram, datagram.payload);
}

/// For a system whose datagrams have no ID: fragments need one (RFC 6864 section 4).
std::uint16_t PacketSender::draw_fragment_id(const IpAddress& host) {
  const std::uint64_t bits = mix_bits(std::uint64_t{++fragmented_} << 32 ^ host.v4_value());
  return static_cast<std::uint16_t>(bits % 0xffff + 1);
}

void PacketSender::send_in_fragments(const ReplyRoute& way, const IpDatagram& header,
                                     Bytes payload) {
  const std::size_t header_size = ip_header_size_bytes(header);
  const std::size_t step = (mtu_of(way) - header_size) / 8 * 8;
  IpDatagram fragment = header;    // may already be a fragment
  fragment.dont_fragment = false;  // a host that fragments its own datagrams cannot forbid it
  for (std::size_t offset = 0; offset < payload.size(); offset += step) {
    fragment.fragment_offset_bytes =
        static_cast<std::uint16_t>(header.fragment_offset_bytes + offset);
    fragment.more_fragments = header.more_fragments || offset + step < payload.size();
    send_fragment(way, fragment, payload.subspan(offset, std::min(step, payload.size() - offset)));
  }
}

void PacketSender::send_fragment(const ReplyRoute& way, const IpDatagram& header, Bytes payload) {
  send_whole(way, header, payload.size(), [&](std::span<std::uint8_t> target) {
    std::copy(payload.begin(), payload.end(), target.begin());
  });
}

void PacketSender::send_arp(Instant at, InterfaceId interface_id, const MacAddress& from,
                            const MacAddress& to, const ArpMessage& message) {
  Packet packet = make_packet(arp_size_bytes);
  if (!packet) return;
  emit_arp(message, packet.bytes());
  wire::write(wire::EthernetHeader{to, from, static_cast<std::uint16_t>(EtherType::arp)},
              packet.prepend(sizeof(wire::EthernetHeader)));
  packet.interface = interface_id;
  departures_.depart(at, std::move(packet));
}

std::size_t PacketSender::mtu_of(const ReplyRoute& way) const {
  return std::min({interface(way.exit.interface).mtu_bytes, PacketPool::max_packet_bytes,
                   std::size_t{way.from.mtu_bytes}});
}

void PacketSender::dispatch(const ReplyRoute& way, const IpDatagram& header, Packet packet) {
  const InterfaceSettings& exit = interface(way.exit.interface);
  if (exit.link_layer == LinkLayer::ethernet)
    wire::write(wire::EthernetHeader{way.exit.peer, way.exit.own,
                                     static_cast<std::uint16_t>(ether_type_of(header.version()))},
                packet.prepend(sizeof(wire::EthernetHeader)));
  packet.interface = way.exit.interface;
  departures_.depart(way, std::move(packet), protocol_of_ip(header.protocol));
}

void PacketSender::adopt(const Honeynet& honeynet, const AddressSet& claimed) {
  network_.adopt(honeynet.topology());
  resume(claimed);
}

}  // namespace apiary
