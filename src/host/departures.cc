#include "host/departures.h"

#include <algorithm>

#include "wire/decode.h"
#include "wire/ethernet.h"

namespace apiary {

void Departures::depart(const ReplyRoute& way, Packet packet, FrameProtocol protocol) {
  if (!network_.survives_first_run(way.from)) return counters_.count(DropReason::lost_on_link);
  const Instant due = way.departs + way.from.after.latency;
  if (way.from.stages == 0 && due <= now_ && in_flight_.next_due() > due) {
    ready_.push_back({std::move(packet), protocol});
    return;
  }
  wait_for_crossing(due, {.packet = std::move(packet),
                          .path = way.path,
                          .stages = way.from.stages,
                          .generation = network_.generation(),
                          .protocol = protocol});
}

/// The packet reaches its next stage at `due`; the outside if there is none.
void Departures::wait_for_crossing(Instant due, InFlight item) {
  if (item.stages > 0) item.rest = item.path->stages[item.stages - 1].latency;
  in_flight_.push(due, std::move(item));
}

void Departures::cross(Instant at, InFlight item) {
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

/// A copy of the frame; an empty one, counted, if there is no room.
Packet Departures::copy_of(const Packet& packet) {
  const std::size_t link_header_bytes = packet.size() - ip_size_bytes(packet);
  Packet copy = pool_.make(packet.size() - link_header_bytes);
  if (!copy) {
    counters_.count(DropReason::no_buffer);
    return copy;
  }
  copy.prepend(link_header_bytes);
  std::copy(packet.bytes().begin(), packet.bytes().end(), copy.bytes().begin());
  copy.interface = packet.interface;
  return copy;
}

std::size_t Departures::ip_size_bytes(const Packet& packet) const {
  const bool is_ethernet = link_layer_of(packet) == LinkLayer::ethernet;
  return packet.size() - (is_ethernet ? sizeof(wire::EthernetHeader) : 0);
}

bool Departures::is_stopped(const Packet& packet) const {
  if (stopped_.empty()) [[likely]]
    return false;
  const auto decoded = decode_frame(packet.bytes(), link_layer_of(packet));
  const auto* const datagram = decoded ? std::get_if<IpDatagram>(&decoded->content) : nullptr;
  return datagram != nullptr && stopped_.contains(datagram->source);
}

void Departures::emit(Packet& packet, FrameProtocol protocol, std::vector<Packet>& packets) {
  if (is_stopped(packet)) return counters_.count(DropReason::not_claimed);
  if (packet.interface == internal()) return internal_.push_back(std::move(packet));
  counters_.sent.count(protocol, packet.size());
  packets.push_back(std::move(packet));
}

void Departures::release(Instant now, std::vector<Packet>& packets) {
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
