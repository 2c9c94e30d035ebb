// One connection of each host, and segments that only an established connection answers.
#include "audit/collect.h"

namespace apiary {
namespace {

/// The attacker's end of the connection to one host.
struct ProbedConnection {
  HostObservation* host;
  Port port;
  std::uint16_t tag;
  SeqNumber next, expected;
  std::uint32_t clock = 1'000'000;
  bool has_clock = false;
};

void send_probe(ProbeRound& round, ProbedConnection& connection, ConnectionProbe probe) {
  TcpSegment segment{.source_port = {connection.tag},
                     .destination_port = connection.port,
                     .sequence = connection.next,
                     .acknowledgment = connection.expected,
                     .flags = tcp_flag::ack,
                     .window = 501};
  std::uint32_t clock = connection.clock += 1'000;
  switch (probe) {
    case ConnectionProbe::keep_alive:
      segment.sequence = connection.next - 1;
      break;
    case ConnectionProbe::beyond_window:
      segment.sequence = connection.next + 0x2000'0000;
      segment.payload = as_bytes("far");
      break;
    case ConnectionProbe::old_timestamp:
      clock -= 900'000;
      segment.payload = as_bytes("old");
      break;
    case ConnectionProbe::other_reset:
      segment.sequence = connection.next + 64;
      segment.flags = tcp_flag::rst;
      break;
    case ConnectionProbe::syn:
      segment.sequence = connection.next + 64;
      segment.flags = tcp_flag::syn;
      break;
    case ConnectionProbe::data:
      segment.flags = tcp_flag::ack | tcp_flag::psh;
      segment.payload = as_bytes("\r\n");
      break;
    case ConnectionProbe::half_close:
      segment.flags = tcp_flag::ack | tcp_flag::fin;
      segment.payload = as_bytes("\r\n");
      break;
    case ConnectionProbe::count:
      break;
  }
  TcpOptionBytes options;
  if (connection.has_clock && segment.flags != tcp_flag::rst) {
    options.put_nop();
    options.put_nop();
    options.put_timestamps({.value = clock});
  }
  segment.options = options.bytes();
  if (probe == ConnectionProbe::data || probe == ConnectionProbe::half_close)
    connection.next = connection.next + segment.length();
  round.send_segment(*connection.host, segment);
}

std::vector<ProbedConnection> open_all(ProbeRound& round) {
  for (HostObservation& host : round.observations().hosts)
    if (const auto open = host.open_ports(); !open.empty())
      round.send_syn(host, round.begin(host, Series::established, open.front()),
                     SynOffer::linux_kernel);
  round.settle();
  std::vector<ProbedConnection> connections;
  for (HostObservation& host : round.observations().hosts) {
    if (host.of(Series::established).empty()) continue;
    const Exchange& exchange = host.of(Series::established).front();
    const HeardTcp* const accepted = exchange.tcp();
    if (accepted == nullptr || !accepted->accepts()) continue;
    const ProbedConnection connection{.host = &host,
                                      .port = exchange.port,
                                      .tag = exchange.tag,
                                      .next = ProbeRound::first_sequence + 1,
                                      .expected = accepted->sequence + 1,
                                      .has_clock = accepted->options.timestamps.has_value()};
    TcpOptionBytes options;
    if (connection.has_clock) {
      options.put_nop();
      options.put_nop();
      options.put_timestamps({.value = connection.clock});
    }
    round.send_segment(host, {.source_port = {connection.tag},
                              .destination_port = connection.port,
                              .sequence = connection.next,
                              .acknowledgment = connection.expected,
                              .flags = tcp_flag::ack,
                              .window = 501,
                              .options = options.bytes()});
    connections.push_back(connection);
  }
  round.settle();
  return connections;
}

/// Acknowledges what the host has sent so far.
void follow(ProbedConnection& connection) {
  for (const Heard& heard : connection.host->of(Series::established).front().answers)
    if (const HeardTcp* segment = heard.tcp();
        segment != nullptr && !segment->accepts() && segment->sequence == connection.expected)
      connection.expected = connection.expected + segment->length();
}

}  // namespace

void collect_connections(ProbeRound& round) {
  auto connections = open_all(round);
  for (std::size_t i = 0; i < static_cast<std::size_t>(ConnectionProbe::count); ++i) {
    std::vector<std::size_t> heard;
    for (ProbedConnection& connection : connections) {
      follow(connection);
      heard.push_back(connection.host->of(Series::established).front().answers.size());
      send_probe(round, connection, static_cast<ConnectionProbe>(i));
    }
    round.settle();
    for (std::size_t c = 0; c < connections.size(); ++c)
      connections[c].host->answered.push_back(
          connections[c].host->of(Series::established).front().answers.size() > heard[c]);
  }
  for (ProbedConnection& connection : connections)
    round.send_segment(*connection.host, {.source_port = {connection.tag},
                                          .destination_port = connection.port,
                                          .sequence = connection.next,
                                          .flags = tcp_flag::rst});
}

}  // namespace apiary
