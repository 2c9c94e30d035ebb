#pragma once

#include <cstddef>

#include "base/time.h"

namespace apiary {

/// Every bound on what unvalidated peers can make the daemon hold, with its default and its reason.
struct Limits {
  // Hosts that have been spoken to, remembered for their sequences: about 150 bytes each. A
  // forgotten host starts from its seed again, which is harmless.
  std::size_t hosts = 262'144;
  // Conversations of all kinds: about 400 bytes each while idle.
  std::size_t connections = 1'000'000;
  // Connections whose handshake is not complete; the oldest goes first. More than a SYN flood of
  // 20,000/s makes in the three seconds an honest visitor takes at most. When there are so many,
  // only who asks for the second time is answered.
  std::size_t half_open_connections = 65'536;
  // Who has asked for a connection and is remembered for that, four bytes each: twice what a flood
  // of 250,000/s makes in the four seconds after which visitors ask for the third time.
  std::size_t recent_syns = 2'097'152;
  // Connections that are held up in a tarpit, about 80 bytes each; the oldest goes first.
  std::size_t tarpit_connections = 1'000'000;
  // Who is held up and has not asked again for so long has given up. Systems ask at least every two
  // minutes, and complete a handshake sooner.
  Duration tarpit_idle_time = minutes{10}, tarpit_opening_time = minutes{1};
  // A conversation in which nobody says anything for so long is reset: its service's process is
  // wanted by others.
  Duration idle_time = minutes{30};
  // Bytes a service may be ahead of the visitor, for each connection: enough to fill 100 Mbit/s
  // over 20 ms.
  std::size_t send_buffer_bytes = 262'144;
  // Bytes that wait for visitors to take them, over all connections: beyond it those go that have
  // stalled for longest. Who opens windows and never reads is not worth more.
  std::size_t send_bytes = std::size_t{512} << 20;
  // A visitor who keeps its window shut for so long is reset, as systems do that probe no more than
  // some 15 times (RFC 1122 section 4.2.2.17 leaves the end to us).
  Duration stalled_time = minutes{10};
  // Bytes a visitor may be ahead of the service, for each connection, where the negotiated window
  // allows as much.
  std::size_t receive_buffer_bytes = 262'144;
  // Bytes received out of order, over all connections; beyond it the visitor sends them again.
  std::size_t out_of_order_bytes = std::size_t{64} << 20;
  // Datagrams waiting for the rest of their fragments, over all hosts; the oldest goes first.
  std::size_t reassembly_bytes = std::size_t{16} << 20;
  std::size_t reassembly_datagrams = 4'096;
  Duration reassembly_time = seconds{30};  // RFC 1122 section 3.3.2 has 60 to 120 s; systems: 30
  // Buffers of packets that wait for their latency or for transmission. Beyond it, packets drop.
  std::size_t packet_buffer_bytes = std::size_t{256} << 20;
  // UDP conversations with services; the one longest silent goes first.
  std::size_t udp_flows = 65'536;
  Duration udp_idle_time = seconds{60};
  // Visitors of whom something was handed on to a real machine, and the way back to them: about 60
  // bytes each. To one who is forgotten no answer goes until he asks again.
  std::size_t forwarded_visitors = 65'536;
  // Visitors whose operating system is known, 12 bytes each. Two that share a place take turns.
  std::size_t visitor_systems = 65'536;
  // Addresses whose owner on the link is known, and probes for more under way.
  std::size_t arp_entries = 65'536;
  // NeighbourMonitor whose MAC address tells their IP address, and pairs of a host and a neighbour
  // it makes sure of: about 100 bytes each. Who is forgotten is asked anew.
  std::size_t neighbours = 16'384;
  // What goes to unvalidated peers, that is to a /24 without a handshake: at most so many times the
  // bytes that came from there (the factor is QUIC's, RFC 9000 section 8), and besides a burst that
  // fills again, for SYN/ACKs that are sent again and for long answers of UDP services. Nobody is
  // flooded with 4 KiB/s.
  double reply_factor = 3;
  double reply_burst_bytes = 32'768;
  double reply_bytes_per_second = 4'096;
  // ICMP and UDP to a /24, whatever came from there: 100 Mbit/s, that is 150,000 pings/s.
  double datagram_bytes_per_second = 12'500'000;
  // Datagrams to all hosts of a link that are looked at, and how often a host hears one: each may
  // start a program. A network of a hundred machines says some twenty a second unasked.
  double broadcasts_per_second = 200;
  double broadcast_deliveries_per_second = 100;
  // Hosts that hear the same datagram, of so many that are asked: all of a small network.
  std::size_t broadcast_hearers = 64;
  std::size_t broadcast_candidates = 4'096;
  // How many /24 are kept in mind for that: 32 bytes each. Two that share a place begin anew.
  std::size_t reply_accounts = 65'536;
  // ICMP errors a host sends at most: a burst, then so many a second (RFC 1812 section 4.3.2.8).
  // Its system may allow less.
  double icmp_errors_burst = 200;
  double icmp_errors_per_second = 200;
  // Hosts, and visitors of hosts, whose share of ICMP errors is remembered; the one longest without
  // an error goes first.
  std::size_t icmp_allowances = 65'536;
};

}  // namespace apiary
