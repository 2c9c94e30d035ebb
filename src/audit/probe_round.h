#pragma once

#include <unordered_map>
#include <unordered_set>

#include "audit/observation.h"
#include "audit/probe_packets.h"
#include "audit/prober.h"

namespace apiary {

/// How long an audit waits, and how much it asks.
struct AuditPace {
  Duration patience = seconds{2};          // for an answer
  Duration half_open_span = seconds{130};  // for retransmitted SYN/ACKs
  Duration clock_span = minutes{30};       // between two readings of clocks
  Duration listening = minutes{10};        // for packets that nobody asked for
  std::size_t max_pairs = 64;              // of hosts whose IP IDs are compared
  std::size_t max_talk_ports = 6;          // of a host, for conversations
  std::size_t max_talks = 256;             // at the same time
  Duration banner_wait = seconds{6};       // for what a service says first
  Duration answer_wait = seconds{8};       // for each answer
  bool is_simulated = true;                // time costs nothing
};

/// Sends probes to all hosts, and files the answers with the probes.
class ProbeRound {
 public:
  /// All outlive it.
  ProbeRound(Prober& prober, const AuditPace& pace, Observations& observations);

  /// A new exchange with `host`; the next packet to send for it has its tag.
  Exchange& begin(HostObservation& host, Series series, Port port = {}, std::uint8_t ttl = 64);
  /// Another exchange with the same tag: answers come to the newer.
  Exchange& begin_again(HostObservation& host, Series series, std::uint16_t tag, Port port);
  /// The header of a datagram to `host`.
  IpDatagram to(const IpAddress& host, std::uint8_t ttl = 64) const;
  /// A SYN for `exchange`.
  void send_syn(HostObservation& host, const Exchange& exchange, SynOffer offer,
                std::uint8_t more_flags = 0);
  void send_segment(const HostObservation& host, const TcpSegment& segment, std::uint8_t ttl = 64);

  /// Waits, and files what comes.
  void settle(Duration time);
  void settle() { settle(pace_.patience); }
  /// The same, until the last exchange of `series` with `host` has an answer. Returns that of the
  /// host; nullptr: none. Valid until the next exchange.
  const Heard* settle_for_answer(const HostObservation& host, Series series, Duration most);
  /// Packets of hosts that belong to no exchange: those of conversations.
  std::vector<Heard> take_strays();

  Prober& prober() { return prober_; }
  const AuditPace& pace() const { return pace_; }
  Observations& observations() const { return observations_; }
  std::uint16_t next_tag(const HostObservation& host);

  /// The sequence number of our SYNs.
  static constexpr SeqNumber first_sequence{0x5a000000};

 private:
  struct Place {
    std::size_t host, exchange;
    Series series;
  };
  void file(Heard&& heard);
  void file_error_or_answer(Heard&& heard);
  void reset(const Place& place, const Heard& heard);

  Prober& prober_;
  const AuditPace& pace_;
  Observations& observations_;
  std::unordered_map<std::uint64_t, Place> places_;  // by host and tag
  std::unordered_map<IpAddress, std::size_t> hosts_;
  std::unordered_map<IpAddress, std::uint16_t> tags_;  // the next of each host
  std::vector<Heard> strays_;
};

}  // namespace apiary
