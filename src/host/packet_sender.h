#pragma once

#include <utility>
#include <vector>

#include "base/address_set.h"
#include "base/table_use.h"
#include "host/departures.h"
#include "host/interface_settings.h"
#include "host/limits.h"
#include "host/outbox.h"
#include "telemetry/counters.h"
#include "topology/emulated_network.h"
#include "wire/arp.h"
#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/packet.h"
#include "wire/tcp.h"

namespace apiary {

class Honeynet;

/// The ICMP error of a router about a packet that is larger than the MTU of the next link and must
/// not be fragmented (RFC 1191).
struct FragmentationNeeded {
  std::uint16_t mtu_bytes = 0;  // of the link
  Duration round_trip{};        // from the sender to that router and back
};

/// Makes frames of replies: headers, checksums, fragments if necessary. They leave through
/// Departures.
///
/// One interface more than the daemon's, internal(), leads to other hosts of the engine: what hosts
/// connect to may be another host.
class PacketSender {
 public:
  PacketSender(std::vector<InterfaceSettings> interfaces, const Limits& limits,
               EmulatedNetwork& network, Counters& counters);

  /// See Departures.
  void begin_turn(Instant now) { departures_.begin_turn(now); }

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

  /// Switches to the topology of `honeynet`, and sends from all of `claimed` again.
  void adopt(const Honeynet& honeynet, const AddressSet& claimed);
  void on_time(Instant now, Outbox& out) { release(now, out.packets); }
  void add_tables(std::vector<TableUse>&) const {}  // the pool is bounded in bytes

  // Of Departures.
  void stop(const AddressSet& addresses) { departures_.stop(addresses); }
  void resume(const AddressSet& addresses) { departures_.resume(addresses); }
  void release(Instant now, std::vector<Packet>& packets) { departures_.release(now, packets); }
  Instant next_due() const { return departures_.next_due(); }
  InterfaceId internal() const { return departures_.internal(); }
  std::vector<Packet> take_internal() { return departures_.take_internal(); }
  /// The number of packets between a host and the outside.
  std::size_t in_flight() const { return departures_.size(); }

  void change_interface(InterfaceId id, InterfaceSettings settings) {
    interfaces_[id.index] = std::move(settings);
  }
  const InterfaceSettings& interface(InterfaceId id) const { return interfaces_[id.index]; }
  /// The largest datagram that `way` carries unfragmented, in bytes.
  std::size_t mtu_of(const ReplyRoute& way) const;

  /// The buffers of packets that are in flight or with the caller, in bytes.
  std::size_t held_bytes() const { return pool_.in_use_bytes(); }

 private:
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
  std::uint16_t draw_fragment_id(const IpAddress& host);
  /// Sends `payload` in fragments.
  void send_in_fragments(const ReplyRoute& way, const IpDatagram& header, Bytes payload);
  void send_fragment(const ReplyRoute& way, const IpDatagram& header, Bytes payload);
  bool expires_on_the_way(const ReplyRoute& way, const IpDatagram& header) const {
    return header.hop_limit <= way.hops;
  }
  void dispatch(const ReplyRoute& way, const IpDatagram& header, Packet packet);

  std::vector<InterfaceSettings> interfaces_;
  PacketPool pool_;
  EmulatedNetwork& network_;
  Counters& counters_;
  Departures departures_;
  std::uint32_t fragmented_ = 0;         // datagrams that draw_fragment_id() identified
  std::vector<std::uint8_t> assembled_;  // the payload of the current datagram, up to 64 KiB
};

}  // namespace apiary
