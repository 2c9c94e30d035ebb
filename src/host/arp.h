#pragma once

#include "base/address_set.h"
#include "base/lru_map.h"
#include "base/timing_wheel.h"
#include "host/flow_hash.h"
#include "host/outbox.h"
#include "host/packet_outlet.h"

namespace apiary {

/// Whether ARP requests for claimed addresses are answered.
enum class ArpMode : std::uint8_t {
  ask_first,  // when no real machine on the link answers for the address
  force,      // always
  off,        // never
};

/// Built-in proxy ARP (RFC 1027): draws the packets for claimed addresses to this machine. In
/// ask_first it does what a machine does before it takes an address (RFC 5227): it asks who has it,
/// and answers for it only when nobody does. An address that a real machine speaks for is left
/// alone, at once and for as long as that machine is heard of.
class ArpResponder {
 public:
  static constexpr int probes = 2;
  static constexpr Duration probe_interval = milliseconds{200};
  /// How long an answer to "who has it" holds before it is asked again.
  static constexpr Duration taken_time = seconds{60};
  static constexpr Duration ours_time = minutes{10};

  ArpResponder(ArpMode mode, const Limits& limits, const HashKey& hash_key)
      : mode_(mode), entries_(limits.arp_entries, FlowHash{hash_key}) {}

  /// A message came in by `interface`. `claimed` holds the addresses to answer for.
  void handle(Instant now, InterfaceId interface, const ArpMessage& message,
              const AddressSet& claimed, PacketOutlet& outlet, Outbox& out);

  /// Whether a real machine is known to have `address`: then nothing may be answered for it.
  bool is_taken(Instant now, const IpAddress& address);

  /// `claimed` may have changed since the last turn.
  void on_time(Instant now, const AddressSet& claimed, PacketOutlet& outlet);
  Instant next_due() const { return deadlines_.next_due(); }

 private:
  enum class State : std::uint8_t { asking, ours, taken };
  struct Entry {
    State state = State::asking;
    InterfaceId interface;
    Instant since{};  // of the state
    int probes_sent = 0;
    MacAddress owner;    // of the real machine, when taken
    ArpMessage request;  // to be answered when the address turns out to be free
  };

  void on_request(Instant now, InterfaceId interface, const ArpMessage& request,
                  PacketOutlet& outlet);
  void ask(Instant now, InterfaceId interface, const ArpMessage& request, PacketOutlet& outlet);
  void note_owner(Instant now, InterfaceId interface, const ArpMessage& message, Outbox& out);
  void send_probe(Instant now, const IpAddress& address, Entry& entry, PacketOutlet& outlet);
  static void send_reply(Instant now, InterfaceId interface, const ArpMessage& request,
                         PacketOutlet& outlet);

  ArpMode mode_;
  LruMap<IpAddress, Entry, FlowHash> entries_;
  TimingWheel<IpAddress> deadlines_;
  std::size_t taken_ = 0;  // how many entries ever became taken; none: is_taken() is cheap
};

}  // namespace apiary
