// Received frames: what is counted and dropped first, and which part of the engine handles the
// rest.
#include "engine/engine.h"
#include "engine/engine_parts.h"
#include "wire/decode.h"
#include "wire/ethernet.h"
#include "wire/parsed_datagram.h"

namespace apiary {
namespace {

/// Whether the datagram confirms that an earlier one arrived.
bool acknowledges(const ParsedDatagram& datagram) {
  const TcpSegment* const segment = datagram.tcp();
  return segment != nullptr && segment->has(tcp_flag::ack) && !segment->has(tcp_flag::syn);
}

/// Whether each shard receives the frame: ARP, and all to a group of machines.
bool goes_to_all_shards(Bytes frame, const InterfaceSettings& on) {
  if (on.link_layer != LinkLayer::ethernet) return false;
  const auto ethernet = parse_ethernet(frame);
  return ethernet && (ethernet->destination.is_group() || ethernet->type == EtherType::arp);
}

FrameProtocol protocol_of(const DecodedFrame& frame) {
  const auto* const datagram = std::get_if<IpDatagram>(&frame.content);
  return datagram != nullptr ? protocol_of_ip(datagram->protocol) : FrameProtocol::arp;
}

}  // namespace

void Engine::on_frame(Instant now, InterfaceId interface, const ReceivedFrame& frame, Outbox& out) {
  const bool is_counted = settings_.share.is_first() ||
                          !goes_to_all_shards(frame.bytes, settings_.interfaces[interface.index]);
  if (is_counted) return handle_frame(now, interface, frame, out);
  const Counters before = counters_;  // the first shard counts it
  handle_frame(now, interface, frame, out);
  counters_.received = before.received;
  counters_.drops = before.drops;
  counters_.all_drops = before.all_drops;
}

void Engine::handle_frame(Instant now, InterfaceId interface, const ReceivedFrame& frame,
                          Outbox& out) {
  parts_->hosts.note_frame(now);
  parts_->outlet.begin_turn(now);
  const LinkLayer link_layer = settings_.interfaces[interface.index].link_layer;
  const auto decoded = decode_frame(frame.bytes, link_layer);
  counters_.received.count(decoded ? protocol_of(*decoded) : protocol_of(frame.bytes, link_layer),
                           frame.bytes.size());
  if (frame.vlan != 0) return counters_.count(DropReason::other_vlan);
  if (!decoded)
    return counters_.count(decoded.error() == DecodeError::of_vlan ? DropReason::other_vlan
                                                                   : DropReason::undecodable);
  if (!comes_from_somebody(interface, *decoded)) return counters_.count(DropReason::bad_source_mac);
  if (const auto* arp = std::get_if<ArpMessage>(&decoded->content)) {
    const bool is_machine = parts_->forwarder.hear_of(now, interface, *arp, parts_->outlet);
    parts_->connects.on_arp(now, interface, *arp, out);
    return parts_->lan.on_arp(now, {interface, decoded->receiver, *arp, is_machine}, out);
  }

  Ingress ingress{
      now, {interface, decoded->sender, decoded->receiver}, frame.checksum_pending, out};
  const auto& datagram = std::get<IpDatagram>(decoded->content);
  if (parts_->lan.handle_dhcp(now, interface, decoded->sender, datagram, out)) return;
  if (decoded->receiver.is_group()) {
    if (is_for_all(interface, datagram.destination)) return on_broadcast(ingress, datagram);
    if (!settings_.share.has(datagram.destination)) return;
    if (!find_receiver(ingress, datagram)) return counters_.count(DropReason::not_claimed);
  }
  if (!may_answer(ingress, datagram)) return;
  parts_->hosts.reply_limits()
      .amplification.of(datagram.source)
      .note_received(now, datagram.whole.size(), settings_.limits);
  const ParsedDatagram parsed = parse_transport(datagram);
  if (parts_->lan.has_nics())
    parts_->lan.note_neighbour(now, ingress.exit, datagram.destination, acknowledges(parsed));
  on_datagram(ingress, parsed);
}

}  // namespace apiary
