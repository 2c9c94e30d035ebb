#pragma once

#include <cstddef>

#include "base/time.h"

namespace apiary {

/// All limits on what unvalidated peers can make the daemon store or send, with default and reason.
/// `per_shard()` gives the limits of one of several engines.
struct Limits {
  // ── Totals of the daemon. Each shard has its part of them: a host, and so a conversation with
  // it, belongs to one shard.

  // Hosts that received packets, with their sequences: about 130 bytes each. An evicted host starts
  // from its seed again, which is harmless.
  std::size_t hosts = 262'144;
  // Conversations of all kinds: about 400 bytes each while idle.
  std::size_t connections = 1'000'000;
  // Connections whose handshake is not complete, 50 bytes each; evicts the oldest. A SYN flood of
  // 600,000/s fills the table in seven seconds, longer than an honest visitor takes. While it is
  // more than half full, no SYN/ACK is retransmitted.
  std::size_t half_open_connections = 4'194'304;
  // Some half-open connections need as much memory as open ones: to IPv6 hosts, or with unusual
  // SYNs.
  std::size_t unusual_half_open_connections = 65'536;
  // Connections in a tarpit, about 80 bytes each; evicts the oldest.
  std::size_t tarpit_connections = 1'000'000;
  // Bytes in send buffers, over all connections; evicts the connections that have stalled for
  // longest.
  std::size_t send_bytes = std::size_t{512} << 20;
  // Bytes received out of order, over all connections. Beyond it, bytes are dropped, and the
  // visitor sends them again.
  std::size_t out_of_order_bytes = std::size_t{64} << 20;
  // Incomplete datagrams, over all hosts; evicts the oldest.
  std::size_t reassembly_bytes = std::size_t{16} << 20;
  std::size_t reassembly_datagrams = 4'096;
  // Buffers of packets that wait for their latency or for transmission. Beyond it, packets drop.
  std::size_t packet_buffer_bytes = std::size_t{256} << 20;
  // UDP conversations with services; evicts the one that was silent for the longest time.
  std::size_t udp_flows = 65'536;
  // Hosts, and visitors of hosts, whose ICMP errors the system limits; evicts the one without an
  // error for the longest time.
  std::size_t icmp_allowances = 65'536;

  // ── Of one host or conversation, whichever shard has it.

  // A visitor in a tarpit that is silent for this time has given up. Systems retransmit at least
  // every two minutes, and complete a handshake sooner.
  Duration tarpit_idle_time = minutes{10}, tarpit_opening_time = minutes{1};
  // A connection without data for this time is reset, to free its service's process.
  Duration idle_time = minutes{30};
  // Bytes a service may be ahead of the visitor, for each connection: enough to fill 100 Mbit/s
  // over 20 ms. It doubles while the visitor's window and the congestion window allow more, as
  // Linux does it, up to Linux' largest.
  std::size_t send_buffer_bytes = 262'144, max_send_buffer_bytes = std::size_t{4} << 20;
  // A connection whose window stays at zero for this time is reset, as by systems that probe about
  // 15 times (RFC 1122 section 4.2.2.17 leaves the end to us).
  Duration stalled_time = minutes{10};
  // Bytes a visitor may be ahead of the service, for each connection, where the negotiated window
  // allows as much.
  std::size_t receive_buffer_bytes = 262'144;
  Duration reassembly_time = seconds{30};  // RFC 1122 section 3.3.2 has 60 to 120 s; systems: 30
  Duration udp_idle_time = seconds{60};
  // The same of flows that servers of hosts begin: a resolver begins one for each query.
  Duration udp_outbound_idle_time = seconds{15};
  // The rate limit of a host's ICMP errors: a burst, then a number per second (RFC 1812 section
  // 4.3.2.8). Its system may allow less.
  double icmp_errors_burst = 200;
  double icmp_errors_per_second = 200;

  // ── Of visitors. A visitor meets hosts of all shards, so each shard may get to know all
  // visitors: its tables keep their size.

  // Visitors whose packets were forwarded to a physical host, with their egress: about 60 bytes
  // each. An evicted visitor gets no answer until it sends again.
  std::size_t forwarded_visitors = 65'536;
  // Visitors whose operating system is known, 12 bytes each. Two that share a slot replace each
  // other.
  std::size_t visitor_systems = 65'536;
  // Visitors whose last SYN is known, 72 bytes each. Likewise.
  std::size_t visitor_syns = 16'384;

  // Bytes to unvalidated peers, that is without a handshake, of a network (/24): at most this
  // factor times the bytes received from there (QUIC's factor, RFC 9000 section 8), plus a burst
  // that refills, for retransmitted SYN/ACKs and long answers of UDP services. 4 KiB/s are no
  // flood.
  // Shards divide what does not depend on the bytes received: with a whole budget each, n shards
  // would send a victim n times as much.
  double reply_factor = 3;
  double reply_burst_bytes = 32'768;
  double reply_bytes_per_second = 4'096;
  // ICMP and UDP to a network (/24), however much it sends: 100 Mbit/s, that is 150,000 pings/s.
  double datagram_bytes_per_second = 12'500'000;
  // Networks (/24) with a budget: 32 bytes each. Two that share a slot replace each other.
  std::size_t reply_accounts = 65'536;

  // ── Of links. All shards hear ARP and broadcasts, each for its hosts. They divide the deliveries
  // of broadcasts.

  // Addresses whose owner on the link is known or being probed.
  std::size_t arp_entries = 65'536;
  // Neighbours with known MAC addresses, and pairs of a host and a neighbour that it probes: about
  // 100 bytes each. Evicted neighbours are probed again.
  std::size_t neighbours = 16'384;
  // Broadcast datagrams that are processed, and their deliveries to hosts: each may start a
  // program. A network of a hundred machines sends about twenty a second.
  double broadcasts_per_second = 200;
  double broadcast_deliveries_per_second = 100;
  // Hosts that receive the same broadcast, and candidates checked for it: all of a small network.
  std::size_t broadcast_receivers = 64;
  std::size_t broadcast_candidates = 4'096;

  /// The limits of each of `shards` engines: divides the totals, at least one each, and the budgets
  /// of networks and links; keeps the rest. REQUIRES: shards > 0.
  Limits per_shard(std::size_t shards) const;
};

}  // namespace apiary
