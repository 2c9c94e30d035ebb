#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "audit/heard.h"

namespace apiary {

/// The probes of one purpose.
enum class Series : std::uint8_t {
  ports,        // a SYN to each of audited_ports()
  echoes,       // pings at odd intervals
  syn_offers,   // a SYN for each SynOffer, then one that offers ECN
  isns,         // SYNs at the intervals that scanners use
  reconnects,   // SYNs from one port to one port, each reset
  unanswered,   // one SYN whose answer nobody acknowledges
  late_clock,   // one SYN, long after `isns`
  fragments,    // a ping in fragments, then illegal fragments; see FragmentProbe
  queries,      // ICMP queries; see QueryProbe
  closed_udp,   // datagrams to closed ports, the first alone, then many
  trace_udp,    // datagrams with a TTL of 1, 2, 3 ...
  trace_icmp,   // pings, likewise
  trace_tcp,    // SYNs, likewise
  big,          // DF pings of 1,500 bytes, then of the size that the error names
  established,  // one connection, with all ConnectionProbes
  ids,          // what InterleavedIds are taken from
  load,         // pings beside a load of another host
  count
};

/// The probes of Series::fragments, in order.
enum class FragmentProbe : std::uint8_t { whole, first_only, last_only, odd_length, too_long };
/// The probes of Series::queries, in order.
enum class QueryProbe : std::uint8_t { plain, code, df, timestamp, mask, information };

/// A probe, and what came back.
struct Exchange {
  Instant sent;
  std::uint16_t tag = 0;  // our port, or the identifier of an ICMP query
  Port port;              // the host's
  std::uint8_t ttl = 64;
  std::vector<Heard> answers{};

  /// The first answer of the host itself; nullptr if there is none.
  const Heard* from(const IpAddress& host) const {
    for (const Heard& answer : answers)
      if (answer.source == host) return &answer;
    return nullptr;
  }
  const HeardTcp* tcp() const {
    for (const Heard& answer : answers)
      if (answer.tcp() != nullptr) return answer.tcp();
    return nullptr;
  }
};

/// The purposes of conversations; see `talk()`.
enum class Topic : std::uint8_t {
  banner,       // waits for what the service says first
  request,      // asks in the protocol of the port
  nonsense,     // sends what no protocol has
  login,        // logs in with a name and a password that nobody has
  tls,          // a ClientHello
  established,  // segments that test the connection itself; see ConnectionProbe
  delays,       // the same request again, for the times of the answers
};

/// A conversation over TCP.
struct HeardConversation {
  Topic topic{};
  Port port;
  bool opened = false, closed = false, was_reset = false;
  std::string said;                // all that the host sent
  std::vector<Duration> delays{};  // from each of our messages to the first byte after it
  std::vector<Heard> segments{};   // all of the host's
  std::string asked{};             // our first message
};

/// The probes of Topic::established, in order.
enum class ConnectionProbe : std::uint8_t {
  keep_alive,     // one old byte
  beyond_window,  // data far ahead
  old_timestamp,  // PAWS
  other_reset,    // a reset within the window that is not exact
  syn,            // a SYN within the connection
  data,           // what must be acknowledged
  half_close,     // data and FIN
  count
};

/// What is known of a host from its configuration; empty of a network that is audited live.
struct ConfiguredHost {
  std::string template_name;
  std::string personality;
  bool is_router = false, may_tarpit = false;
  std::vector<Port> ports{};                 // that have an action of their own
  std::vector<std::string> proxy_targets{};  // without variables
  std::vector<Port> unstarted{};             // ports whose programs were not started
};

/// All that was heard of a host.
struct HostObservation {
  IpAddress address;
  ConfiguredHost configured{};
  std::optional<MacAddress> mac{};  // by ARP; nothing: not on the link
  std::array<std::vector<Exchange>, static_cast<std::size_t>(Series::count)> exchanges{};
  std::vector<HeardConversation> conversations{};
  /// For each ConnectionProbe whether the host answered it; empty: no connection was opened.
  std::vector<bool> answered{};
  bool speaks_unasked = false;

  std::vector<Exchange>& of(Series series) { return exchanges[static_cast<std::size_t>(series)]; }
  const std::vector<Exchange>& of(Series series) const {
    return exchanges[static_cast<std::size_t>(series)];
  }
  /// The ports that accept connections.
  std::vector<Port> open_ports() const;
  bool is_alive() const;
};

/// IP IDs of two hosts, asked in turns: a, b, a, a, b, a, a, a, b.
struct InterleavedIds {
  IpAddress a, b;
  std::vector<std::uint16_t> ids{};  // in the order of arrival; one for each probe, or empty
};

/// How many addresses of a network answer.
struct AddressDensity {
  IpPrefix network;
  std::uint64_t asked = 0, live = 0;
};

/// A DHCP message of a client, and its configured personality; empty: unknown.
struct DhcpSighting {
  MacAddress mac;
  std::string message, personality{};
};

/// All that an audit heard.
struct Observations {
  bool is_simulated = false;  // the clock is simulated: times below a millisecond mean nothing
  Duration clock_span{};      // from Series::isns to Series::late_clock
  Duration listened{};        // for packets that nobody asked for
  Instant began{};            // of the audit
  Duration half_open_span{};  // how long Series::unanswered listened
  std::vector<HostObservation> hosts;
  std::vector<InterleavedIds> pairs;
  std::vector<AddressDensity> densities;
  std::vector<DhcpSighting> dhcp{};
  std::uint64_t candidates = 0;  // addresses with a host; `hosts` is a sample of them
  /// Round trips of a host alone, and while another one got many packets.
  std::vector<Duration> alone, beside_load;
};

}  // namespace apiary
