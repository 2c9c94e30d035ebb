#include "host/packet_sender.h"

#include <algorithm>

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
      counters_(counters) {
  interfaces_.push_back({.link_layer = LinkLayer::raw_ip, .mac = {}, .name = "internal"});
}

ReplyRoute reply_route(const Egress& exit, const Path& path, const PathPosition& place,
                       std::size_t hops, Instant at) {
  return {.exit = exit,
          .path = &path,
          .from = place,
          .hops = static_cast<std::uint16_t>(std::min<std::size_t>(hops, 255)),
          .departs = at};
}

DropReason drop_reason(LinkLoss loss) {
  switch (loss) {
    case LinkLoss::on_the_wire:
      return DropReason::lost_on_link;
    case LinkLoss::early_drop:
      return DropReason::link_early_drop;
    case LinkLoss::queue_full:
      return DropReason::link_queue_full;
  }
  return DropReason::lost_on_link;
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
  send_in_fragments(way, header, assembled_);
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
  in_flight_.push(at, {.packet = std::move(packet), .protocol = FrameProtocol::arp});
}

std::size_t PacketSender::mtu_of(const ReplyRoute& way) const {
  return std::min({interface(way.exit.interface).mtu_bytes, PacketPool::max_packet_bytes,
                   std::size_t{way.from.mtu_bytes}});
}

void PacketSender::dispatch(const ReplyRoute& way, const IpDatagram& header, Packet packet) {
  if (!network_.survives_first_run(way.from)) return counters_.count(DropReason::lost_on_link);
  const InterfaceSettings& exit = interface(way.exit.interface);
  if (exit.link_layer == LinkLayer::ethernet)
    wire::write(wire::EthernetHeader{way.exit.peer, way.exit.own,
                                     static_cast<std::uint16_t>(ether_type_of(header.version()))},
                packet.prepend(sizeof(wire::EthernetHeader)));
  packet.interface = way.exit.interface;
  const Instant due = way.departs + way.from.after.latency;
  if (way.from.stages == 0 && due <= now_ && in_flight_.next_due() > due) {
    ready_.push_back({std::move(packet), protocol_of_ip(header.protocol)});
    return;
  }
  wait_for_crossing(way.departs + way.from.after.latency,
                    {.packet = std::move(packet),
                     .path = way.path,
                     .stages = way.from.stages,
                     .generation = network_.generation(),
                     .protocol = protocol_of_ip(header.protocol)});
}

/// The packet reaches its next stage at `due`; the outside if there is none.
void PacketSender::wait_for_crossing(Instant due, InFlight item) {
  if (item.stages > 0) item.rest = item.path->stages[item.stages - 1].latency;
  in_flight_.push(due, std::move(item));
}

void PacketSender::cross(Instant at, InFlight item) {
  if (item.generation != network_.generation()) {  // its links may not exist any more
    item.stages = 0;
    const Instant due = at + item.rest;
    return in_flight_.push(due, std::move(item));
  }
  const PathStage& stage = item.path->stages[--item.stages];
  const LinkOutcome outcome = network_.cross_outward(stage, at, ip_size_bytes(item.packet));
  if (outcome.copy_at)
    if (Packet copy = copy_of(item.packet))
      wait_for_crossing(*outcome.copy_at,
                        {std::move(copy), item.path, item.stages, item.generation, item.protocol});
  if (outcome.loss) return counters_.count(drop_reason(*outcome.loss));
  wait_for_crossing(outcome.at, std::move(item));
}

Packet PacketSender::copy_of(const Packet& packet) {
  const std::size_t link_header_bytes = packet.size() - ip_size_bytes(packet);
  Packet copy = make_packet(packet.size() - link_header_bytes);
  if (!copy) return copy;
  copy.prepend(link_header_bytes);
  std::copy(packet.bytes().begin(), packet.bytes().end(), copy.bytes().begin());
  copy.interface = packet.interface;
  return copy;
}

std::size_t PacketSender::ip_size_bytes(const Packet& packet) const {
  const bool is_ethernet = interface(packet.interface).link_layer == LinkLayer::ethernet;
  return packet.size() - (is_ethernet ? sizeof(wire::EthernetHeader) : 0);
}

void PacketSender::adopt(const Honeynet& honeynet, const AddressSet& claimed) {
  network_.adopt(honeynet.topology());
  resume(claimed);
}

void PacketSender::stop(const AddressSet& addresses) {
  for (const AddressRange& range : addresses.ranges()) stopped_.add(range);
}

bool PacketSender::is_stopped(const Packet& packet) const {
  if (stopped_.empty()) [[likely]]
    return false;
  const auto decoded = decode_frame(packet.bytes(), interface(packet.interface).link_layer);
  const auto* const datagram = decoded ? std::get_if<IpDatagram>(&decoded->content) : nullptr;
  return datagram != nullptr && stopped_.contains(datagram->source);
}

void PacketSender::emit(Packet& packet, FrameProtocol protocol, std::vector<Packet>& packets) {
  if (is_stopped(packet)) return counters_.count(DropReason::not_claimed);
  if (packet.interface == internal()) return internal_.push_back(std::move(packet));
  counters_.sent.count(protocol, packet.size());
  packets.push_back(std::move(packet));
}

void PacketSender::release(Instant now, std::vector<Packet>& packets) {
  for (Ready& ready : ready_) emit(ready.packet, ready.protocol, packets);
  ready_.clear();
  while (in_flight_.next_due() <= now) {
    const Instant due = in_flight_.next_due();
    InFlight item = in_flight_.pop();
    if (item.stages > 0)
      cross(due, std::move(item));
    else
      emit(item.packet, item.protocol, packets);
  }
  in_flight_.catch_up(now);
}

}  // namespace apiary
