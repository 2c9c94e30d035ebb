#pragma once

#include <utility>
#include <vector>

#include "base/address_set.h"
#include "base/table_use.h"
#include "base/timing_wheel.h"
#include "host/interface_settings.h"
#include "host/limits.h"
#include "host/outbox.h"
#include "telemetry/counters.h"
#include "topology/emulated_network.h"
#include "wire/arp.h"
#include "wire/frame_protocol.h"
#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/packet.h"
#include "wire/tcp.h"

namespace apiary {

class Honeynet;

/// The route from a host or router back to a visitor. It points into the current topology, so it is
/// valid for one turn only; see SavedReplyRoute.
struct ReplyRoute {
  Egress exit;
  const Path* path = nullptr;  // null if there is no link between
  PathPosition from;           // on the path
  std::uint16_t hops = 0;      // by which the hop limit decreases
  Instant departs{};           // when packets of this turn depart; not before the turn
};

/// The route back from a point of `path` that a packet reached at `at`, with `hops` routers before
/// it.
ReplyRoute reply_route(const Egress& exit, const Path& path, const PathPosition& place,
                       std::size_t hops, Instant at);

/// The part of a reply route that a conversation stores. It looks up the rest again, since the
/// topology may have changed.
struct SavedReplyRoute {
  Egress exit;
  Instant departed{};  // when the answer to the last received packet departed
};

DropReason drop_reason(LinkLoss loss);

/// The ICMP error of a router about a packet that is larger than the MTU of the next link and must
/// not be fragmented (RFC 1191).
struct FragmentationNeeded {
  std::uint16_t mtu_bytes = 0;  // of the link
  Duration round_trip{};        // from the sender to that router and back
};

/// Makes frames of replies: headers, checksums, fragments if necessary. Then simulates the links to
/// the outside: it adds up the delays of stateless links; each stateful link queues, loses,
/// duplicates or delays the frames in order of arrival.
///
/// One interface more than the daemon's, internal(), leads to other hosts of the engine: what hosts
/// connect to may be another host.
class PacketSender {
 public:
  PacketSender(std::vector<InterfaceSettings> interfaces, const Limits& limits,
               EmulatedNetwork& network, Counters& counters);

  /// The time of the turn. A packet that is due then, and before all others, waits in no wheel.
  void begin_turn(Instant now) { now_ = now; }

  // Each sends one datagram with `header` and a copy of this content. A packet whose TTL would
  // expire on the path is not sent. A packet larger than the path's MTU is fragmented. Only TCP
  // obeys DF, and receives the router's ICMP error.
  std::optional<FragmentationNeeded> send_tcp(const ReplyRoute& way, const IpDatagram& header,
                                              const TcpSegment& segment);
  void send_icmp(const ReplyRoute& way, const IpDatagram& header, const IcmpMessage& message);
  void send_udp(const ReplyRoute& way, const IpDatagram& header, Port source, Port destination,
                Bytes payload);
  /// Forwards a datagram that a visitor or a physical host sent, in fragments if necessary.
  /// REQUIRES: it has at most mtu_of(way) bytes, or may be fragmented.
  void forward(const ReplyRoute& way, const IpDatagram& datagram);
  /// Sends an ARP message at `at`; it crosses no routers.
  void send_arp(Instant at, InterfaceId interface, const MacAddress& from, const MacAddress& to,
                const ArpMessage& message);

  /// Sends nothing from `addresses`, and drops packets in flight, until resume().
  void stop(const AddressSet& addresses);
  void resume(const AddressSet& addresses) {
    if (!stopped_.empty()) stopped_ = without(std::move(stopped_), addresses);
  }

  /// Switches to the topology of `honeynet`, and sends from all of `claimed` again.
  void adopt(const Honeynet& honeynet, const AddressSet& claimed);
  void on_time(Instant now, Outbox& out) { release(now, out.packets); }
  void add_tables(std::vector<TableUse>&) const {}  // the pool is bounded in bytes

  /// Moves the packets that are due into `packets`.
  void release(Instant now, std::vector<Packet>& packets);
  Instant next_due() const {
    if (!internal_.empty()) return Instant{};
    return ready_.empty() ? in_flight_.next_due() : now_;
  }

  /// The interface of packets to other hosts of the engine.
  InterfaceId internal() const { return {static_cast<std::uint8_t>(interfaces_.size() - 1)}; }
  /// The packets, raw IP, that left by it since the last call.
  std::vector<Packet> take_internal() { return std::exchange(internal_, {}); }

  /// The number of packets between a host and the outside.
  std::size_t in_flight() const { return ready_.size() + in_flight_.size(); }

  void change_interface(InterfaceId id, InterfaceSettings settings) {
    interfaces_[id.index] = std::move(settings);
  }
  const InterfaceSettings& interface(InterfaceId id) const { return interfaces_[id.index]; }
  /// The largest datagram that `way` carries unfragmented, in bytes.
  std::size_t mtu_of(const ReplyRoute& way) const;

  /// The buffers of packets that are in flight or with the caller, in bytes.
  std::size_t held_bytes() const { return pool_.in_use_bytes(); }

 private:
  /// A packet before a stateful link, or before the outside.
  struct InFlight {
    Packet packet;
    const Path* path = nullptr;
    std::uint32_t stages = 0;      // that it has not crossed yet
    std::uint32_t generation = 0;  // of the topology of `path`
    FrameProtocol protocol = FrameProtocol::other;
    Duration rest{};  // the latency from here to the outside, without queues and jitter
  };

  /// A packet that is due.
  struct Ready {
    Packet packet;
    FrameProtocol protocol = FrameProtocol::other;
  };

  /// A packet for `size_bytes` of IP header and payload. If there is no room, returns an empty one
  /// and counts the drop.
  Packet make_packet(std::size_t size_bytes) {
    Packet packet = pool_.make(size_bytes);
    if (!packet) counters_.count(DropReason::no_buffer);
    return packet;
  }
  std::optional<FragmentationNeeded> refusal(const ReplyRoute& way, std::size_t size_bytes) const;
  /// Sends one datagram whose payload of `size` bytes `emit` writes.
  template <class Emit>
  void send_whole(const ReplyRoute& way, const IpDatagram& header, std::size_t size, Emit emit);
  /// The same, in fragments if necessary.
  template <class Emit>
  void send(const ReplyRoute& way, const IpDatagram& header, std::size_t size, Emit emit);
  /// Sends `payload` in fragments.
  void send_in_fragments(const ReplyRoute& way, const IpDatagram& header, Bytes payload);
  void send_fragment(const ReplyRoute& way, const IpDatagram& header, Bytes payload);
  bool expires_on_the_way(const ReplyRoute& way, const IpDatagram& header) const {
    return header.hop_limit <= way.hops;
  }
  void dispatch(const ReplyRoute& way, const IpDatagram& header, Packet packet);
  void cross(Instant at, InFlight item);
  void wait_for_crossing(Instant due, InFlight item);
  Packet copy_of(const Packet& packet);
  void emit(Packet& packet, FrameProtocol protocol, std::vector<Packet>& packets);
  std::size_t ip_size_bytes(const Packet& packet) const;
  bool is_stopped(const Packet& packet) const;

  std::vector<InterfaceSettings> interfaces_;
  PacketPool pool_;
  EmulatedNetwork& network_;
  Counters& counters_;
  Instant now_ = Instant::min();
  std::vector<Ready> ready_;  // due, and before all of in_flight_
  TimingWheel<InFlight> in_flight_;
  std::vector<Packet> internal_;
  AddressSet stopped_;                   // usually none
  std::vector<std::uint8_t> assembled_;  // the payload of the current datagram, up to 64 KiB
};

}  // namespace apiary
