#pragma once

#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "base/random.h"
#include "base/shard_share.h"
#include "base/table_use.h"
#include "base/timing_wheel.h"
#include "host/outbox.h"
#include "host/packet_sender.h"
#include "lan/arp_mode.h"
#include "lan/station_lookup.h"

namespace apiary {

/// A received ARP message with values of its frame.
struct ArpArrival {
  InterfaceId interface;
  MacAddress receiver;  // the destination of the frame
  ArpMessage message;
  bool sender_takes_part = false;  // it is a physical host of the honeynet
};

/// Answers ARP (RFC 826) for the hosts: with their own MAC addresses, or with this machine's (proxy
/// ARP, RFC 1027). In mode ask_first it first probes an address, as a machine does before it uses
/// one (RFC 5227), and answers only if no other machine does. If a real machine uses an address, it
/// stops answering for it immediately, and as long as that machine sends ARP messages.
class ArpResponder {
 public:
  static constexpr int probes = 2;
  static constexpr Duration probe_interval = milliseconds{200};
  /// How long the result of a probe is valid.
  static constexpr Duration taken_time = seconds{60};
  static constexpr Duration ours_time = minutes{10};
  /// The interval of defences of an address in mode force (RFC 5227 section 2.4).
  static constexpr Duration defend_interval = seconds{10};

  /// Answers for the hosts of `share`. Every shard gets all messages, as it must know which hosts
  /// of the others a real machine has the address of.
  ArpResponder(ArpMode mode, const Limits& limits, const HashKey& hash_key, Random random,
               ShardShare share = {})
      : mode_(mode),
        random_(random),
        share_(share),
        entries_(limits.arp_entries, FlowHash{hash_key}) {}

  void handle(Instant now, const ArpArrival& arrival, const StationLookup& stations,
              PacketSender& outlet, Outbox& out);

  /// Whether a real machine is known to have `address`, so that hosts must not answer for it.
  bool is_taken(Instant now, const IpAddress& address) {
    return taken_ != 0 && is_taken_now(now, address);
  }

  /// Whether the host at `address` may send packets of its own accord, since no real machine has
  /// its address. Starts a probe if that is unknown.
  bool may_speak(Instant now, InterfaceId interface, const IpAddress& address,
                 const Station& station, PacketSender& outlet);

  /// The owners of addresses may have changed since the last turn.
  void on_time(Instant now, const StationLookup& stations, PacketSender& outlet);
  Instant next_due() const { return deadlines_.next_due(); }

  TableUse use() const { return use_of("arp_entries", entries_); }

 private:
  bool is_taken_now(Instant now, const IpAddress& address);

  enum class State : std::uint8_t { asking, ours, taken, contested };
  struct Entry {
    State state = State::asking;
    InterfaceId interface;
    Instant since{};  // of the state
    int probes_sent = 0;
    MacAddress owner;                     // of the real machine, when taken or contested
    std::optional<ArpMessage> request{};  // answered if no machine has the address
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
  const ShardShare share_;
  LruMap<IpAddress, Entry, FlowHash> entries_;
  TimingWheel<IpAddress> deadlines_;
  std::size_t taken_ = 0;  // entries that ever became taken; 0: is_taken() is cheap
};

}  // namespace apiary
