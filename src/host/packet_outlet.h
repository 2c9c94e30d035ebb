#pragma once

#include <vector>

#include "base/deadline_queue.h"
#include "base/random.h"
#include "base/units.h"
#include "host/counters.h"
#include "host/interface_settings.h"
#include "host/limits.h"
#include "wire/arp.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/packet.h"
#include "wire/tcp.h"

namespace apiary {

/// The way from a host or router back to a visitor.
struct WayBack {
  ReturnPath exit;
  Duration delay{};       // of the round trip: the way in was not waited for (design, section 4)
  Probability loss;       // on the way back only
  std::uint8_t hops = 0;  // by which the time to live shrinks
};

/// Turns replies into frames: headers and checksums, fragments where the interface asks for them,
/// the loss and the delay of the virtual links.
class PacketOutlet {
 public:
  PacketOutlet(std::vector<InterfaceSettings> interfaces, const Limits& limits, Random random,
               Counters& counters)
      : interfaces_(std::move(interfaces)),
        pool_(limits.packet_buffer_bytes),
        random_(random),
        counters_(counters) {}

  // Each sends one datagram: `header` says from where to where and how, the rest what is in it.
  // All is copied before they return. What would not survive its hops is not sent.
  void send_tcp(Instant now, const WayBack& way, const IpDatagram& header,
                const TcpSegment& segment);
  void send_icmp(Instant now, const WayBack& way, const IpDatagram& header,
                 const IcmpMessage& message);
  void send_udp(Instant now, const WayBack& way, const IpDatagram& header, Port source,
                Port destination, Bytes payload);
  /// ARP knows no routers: it leaves at once.
  void send_arp(Instant now, InterfaceId interface, const MacAddress& to,
                const ArpMessage& message);

  /// Moves the packets that are due into `packets`.
  void release(Instant now, std::vector<Packet>& packets);
  Instant next_due() const { return delayed_.next_due(); }

  const InterfaceSettings& interface(InterfaceId id) const { return interfaces_[id.index]; }

 private:
  /// A packet for `size_bytes` of IPv4 header and payload; empty, and counted, when there is no
  /// room.
  Packet make_packet(std::size_t size_bytes);
  /// Sends the payload in `assembled_` in as many fragments as needed.
  void send_assembled(Instant now, const WayBack& way, const IpDatagram& header);
  void send_fragment(Instant now, const WayBack& way, const IpDatagram& header, Bytes payload);
  bool expires_on_the_way(const WayBack& way, const IpDatagram& header) const {
    return header.ttl <= way.hops;
  }
  void dispatch(Instant now, const WayBack& way, Packet packet);

  std::vector<InterfaceSettings> interfaces_;
  PacketPool pool_;
  Random random_;
  Counters& counters_;
  DeadlineQueue<Packet> delayed_;
  std::vector<std::uint8_t> assembled_;  // the payload being made, up to 64 KiB
};

}  // namespace apiary
