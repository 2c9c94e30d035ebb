#pragma once

#include <utility>
#include <vector>

#include "base/address_set.h"
#include "base/timing_wheel.h"
#include "host/interface_settings.h"
#include "host/reply_route.h"
#include "telemetry/counters.h"
#include "topology/emulated_network.h"
#include "wire/frame_protocol.h"
#include "wire/packet.h"

namespace apiary {

/// The packets between a host and the outside. It simulates the links: it adds up the delays of
/// stateless links; each stateful link queues, loses, duplicates or delays the frames in order of
/// arrival.
class Departures {
 public:
  /// All arguments must outlive it. The last interface is internal().
  Departures(const std::vector<InterfaceSettings>& interfaces, PacketPool& pool,
             EmulatedNetwork& network, Counters& counters)
      : interfaces_(interfaces), pool_(pool), network_(network), counters_(counters) {}

  /// The time of the turn. A packet that is due then, and before all others, waits in no wheel.
  void begin_turn(Instant now) { now_ = now; }

  /// `packet`, a frame with a datagram, leaves its host along `way`.
  void depart(const ReplyRoute& way, Packet packet, FrameProtocol protocol);
  /// `packet`, an ARP message, leaves at `at`; it crosses no routers.
  void depart(Instant at, Packet packet) {
    in_flight_.push(at, {.packet = std::move(packet), .protocol = FrameProtocol::arp});
  }

  /// Sends nothing from `addresses`, and drops packets in flight, until resume().
  void stop(const AddressSet& addresses) {
    for (const AddressRange& range : addresses.ranges()) stopped_.add(range);
  }
  void resume(const AddressSet& addresses) {
    if (!stopped_.empty()) stopped_ = without(std::move(stopped_), addresses);
  }

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

  std::size_t size() const { return ready_.size() + in_flight_.size(); }

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

  void cross(Instant at, InFlight item);
  void wait_for_crossing(Instant due, InFlight item);
  Packet copy_of(const Packet& packet);
  void emit(Packet& packet, FrameProtocol protocol, std::vector<Packet>& packets);
  LinkLayer link_layer_of(const Packet& packet) const {
    return interfaces_[packet.interface.index].link_layer;
  }
  std::size_t ip_size_bytes(const Packet& packet) const;
  bool is_stopped(const Packet& packet) const;

  const std::vector<InterfaceSettings>& interfaces_;
  PacketPool& pool_;
  EmulatedNetwork& network_;
  Counters& counters_;
  Instant now_ = Instant::min();
  std::vector<Ready> ready_;  // due, and before all of in_flight_
  TimingWheel<InFlight> in_flight_;
  std::vector<Packet> internal_;
  AddressSet stopped_;  // usually none
};

}  // namespace apiary
