#pragma once

#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "base/random.h"
#include "base/table_use.h"
#include "base/timing_wheel.h"
#include "host/outbox.h"
#include "host/packet_sender.h"
#include "lan/arp_mode.h"
#include "lan/station_lookup.h"

namespace apiary {

/// An ARP message and the frame it came in.
struct ArpArrival {
  InterfaceId interface;
  MacAddress receiver;  // whom the frame was sent to
  ArpMessage message;
  bool sender_takes_part = false;  // it is a real machine of the honeynet, and has its address
};

/// Answers ARP (RFC 826) for the hosts: with their own MAC addresses, or with this machine's, which
/// draws their packets here (RFC 1027). In ask_first it does what a machine does before it takes an
/// address (RFC 5227): it asks who has it, and answers for it only when nobody does. An address
/// that a real machine speaks for is left alone, at once and for as long as that machine is heard
/// of.
class ArpResponder {
 public:
  static constexpr int probes = 2;
  static constexpr Duration probe_interval = milliseconds{200};
  /// How long an answer to "who has it" holds before it is asked again.
  static constexpr Duration taken_time = seconds{60};
  static constexpr Duration ours_time = minutes{10};
  /// With force, an address is defended once in so long (RFC 5227 section 2.4).
  static constexpr Duration defend_interval = seconds{10};

  ArpResponder(ArpMode mode, const Limits& limits, const HashKey& hash_key, Random random)
      : mode_(mode), random_(random), entries_(limits.arp_entries, FlowHash{hash_key}) {}

  void handle(Instant now, const ArpArrival& arrival, const StationLookup& stations,
              PacketSender& outlet, Outbox& out);

  /// Whether a real machine is known to have `address`: then nothing may be answered for it.
  bool is_taken(Instant now, const IpAddress& address);

  /// Whether the host at `address` may speak unasked: nobody real has its address. Asks when that
  /// is not known yet.
  bool may_speak(Instant now, InterfaceId interface, const IpAddress& address,
                 const Station& station, PacketSender& outlet);

  /// Who is where may have changed since the last turn.
  void on_time(Instant now, const StationLookup& stations, PacketSender& outlet);
  Instant next_due() const { return deadlines_.next_due(); }

  TableUse use() const { return use_of("arp_entries", entries_); }

 private:
  enum class State : std::uint8_t { asking, ours, taken, contested };
  struct Entry {
    State state = State::asking;
    InterfaceId interface;
    Instant since{};  // of the state
    int probes_sent = 0;
    MacAddress owner;                     // of the real machine, when taken or contested
    std::optional<ArpMessage> request{};  // to be answered when the address turns out to be free
  };

  void on_request(Instant now, const ArpArrival& arrival, const Station& station,
                  PacketSender& outlet);
  void ask(Instant now, InterfaceId interface, const IpAddress& address, const Station& station,
           std::optional<ArpMessage> request, PacketSender& outlet);
  void on_conflict(Instant now, const ArpArrival& arrival, const Station& station,
                   PacketSender& outlet, Outbox& out);
  static void send_probe(Instant now, InterfaceId interface, const IpAddress& address,
                         const Station& station, PacketSender& outlet);
  void send_reply(Instant now, InterfaceId interface, const ArpMessage& request,
                  const Station& station, PacketSender& outlet);
  Instant answer_time(Instant now, const Station& station);

  ArpMode mode_;
  Random random_;
  LruMap<IpAddress, Entry, FlowHash> entries_;
  TimingWheel<IpAddress> deadlines_;
  std::size_t taken_ = 0;  // how many entries ever became taken; none: is_taken() is cheap
};

}  // namespace apiary
