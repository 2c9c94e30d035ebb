#pragma once

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
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/packet.h"
#include "wire/tcp.h"

namespace apiary {

class Honeynet;

/// The way from a host or router back to a visitor. It points into the present topology, so it is
/// for one turn only; see SavedReplyRoute.
struct ReplyRoute {
  Egress exit;
  const Path* path = nullptr;  // null when no link is between
  PathPosition from;           // on the path
  std::uint16_t hops = 0;      // by which the time to live shrinks
  Instant departs{};           // when what is sent in this turn sets out; not before the turn
};

/// The way back from a point of `path` that a packet reached at `at`, with `hops` routers before
/// it.
ReplyRoute reply_route(const Egress& exit, const Path& path, const PathPosition& place,
                       std::size_t hops, Instant at);

/// The part of a reply route that a conversation stores. The rest is looked up again, as the
/// topology may have changed.
struct SavedReplyRoute {
  Egress exit;
  Instant departed{};  // when the answer to the last packet heard set out
};

DropReason drop_reason(LinkLoss loss);

/// A packet was larger than a link's MTU and must not be fragmented: the ICMP error of the router
/// before the link (RFC 1191).
struct FragmentationNeeded {
  std::uint16_t mtu_bytes = 0;  // of the link
  Duration round_trip{};        // from who sent it to that router and back
};

/// Turns replies into frames: headers and checksums, fragments where the way asks for them. Then
/// takes the frames over the virtual links to the outside: stateless links are waited for in one
/// go, at every lively one a frame arrives in its turn, to be queued, lost, doubled or delayed.
class PacketSender {
 public:
  PacketSender(std::vector<InterfaceSettings> interfaces, const Limits& limits,
               EmulatedNetwork& network, Counters& counters)
      : interfaces_(std::move(interfaces)),
        pool_(limits.packet_buffer_bytes),
        network_(network),
        counters_(counters) {}

  // Each sends one datagram with `header` and this content, which is copied. A packet whose TTL
  // would expire on the path is not sent. A packet larger than the path's MTU is fragmented; only
  // TCP obeys DF, and receives the router's ICMP error.
  std::optional<FragmentationNeeded> send_tcp(const ReplyRoute& way, const IpDatagram& header,
                                              const TcpSegment& segment);
  void send_icmp(const ReplyRoute& way, const IpDatagram& header, const IcmpMessage& message);
  void send_udp(const ReplyRoute& way, const IpDatagram& header, Port source, Port destination,
                Bytes payload);
  /// Sends on a datagram that somebody else made, cut where the way asks for it. REQUIRES: it has
  /// not more than mtu_of(way) bytes, or may be cut.
  void forward(const ReplyRoute& way, const IpDatagram& datagram);
  /// ARP knows no routers: it leaves at `at`.
  void send_arp(Instant at, InterfaceId interface, const MacAddress& from, const MacAddress& to,
                const ArpMessage& message);

  /// Sends nothing more from `addresses`, not even what is under way, until resume().
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
  Instant next_due() const { return in_flight_.next_due(); }
  /// The packets between a host and the outside.
  std::size_t in_flight() const { return in_flight_.size(); }

  void change_interface(InterfaceId id, InterfaceSettings settings) {
    interfaces_[id.index] = std::move(settings);
  }
  const InterfaceSettings& interface(InterfaceId id) const { return interfaces_[id.index]; }
  /// The largest datagram that gets over `way` in one piece, in bytes.
  std::size_t mtu_of(const ReplyRoute& way) const;

  /// Bytes of packets in flight, or taken and not yet released.
  std::size_t held_bytes() const { return pool_.in_use_bytes(); }

 private:
  /// A packet before a stateful link, or before the outside.
  struct InFlight {
    Packet packet;
    const Path* path = nullptr;
    std::uint32_t stages = 0;      // that are still before it
    std::uint32_t generation = 0;  // of the topology that `path` is of
    Duration rest{};               // the latency from here to the outside, if nothing happens
  };

  /// A packet for `size_bytes` of IPv4 header and payload; empty, and counted, when there is no
  /// room.
  Packet make_packet(std::size_t size_bytes);
  std::optional<FragmentationNeeded> refusal(const ReplyRoute& way, std::size_t size_bytes) const;
  /// Sends `payload` in as many fragments as needed.
  void send_in_fragments(const ReplyRoute& way, const IpDatagram& header, Bytes payload);
  void send_fragment(const ReplyRoute& way, const IpDatagram& header, Bytes payload);
  bool expires_on_the_way(const ReplyRoute& way, const IpDatagram& header) const {
    return header.ttl <= way.hops;
  }
  void dispatch(const ReplyRoute& way, Packet packet);
  void cross(Instant at, InFlight item);
  void wait_for_crossing(Instant due, InFlight item);
  Packet copy_of(const Packet& packet);
  std::size_t ip_size_bytes(const Packet& packet) const;
  bool is_stopped(const Packet& packet) const;

  std::vector<InterfaceSettings> interfaces_;
  PacketPool pool_;
  EmulatedNetwork& network_;
  Counters& counters_;
  TimingWheel<InFlight> in_flight_;
  AddressSet stopped_;                   // usually none
  std::vector<std::uint8_t> assembled_;  // the payload being made, up to 64 KiB
};

}  // namespace apiary
