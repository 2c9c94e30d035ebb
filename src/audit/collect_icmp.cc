// Pings, other ICMP queries, fragments, datagrams to closed ports.
#include <array>

#include "audit/collect.h"
#include "wire/icmp.h"
#include "wire/wire.h"

namespace apiary {
namespace {

constexpr std::uint8_t echo_request = static_cast<std::uint8_t>(IcmpType::echo_request);

ProbeBytes payload_of(std::size_t size) {
  ProbeBytes payload(size);
  for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::uint8_t>('a' + i % 23);
  return payload;
}

void ping(ProbeRound& round) {
  // Intervals without a common divisor, so that a grid of times shows.
  for (const int interval : {37, 53, 71, 43, 97, 61, 41, 79, 59, 47}) {
    for (HostObservation& host : round.observations().hosts) {
      const Exchange& exchange = round.begin(host, Series::echoes);
      round.prober().send(
          icmp_packet(round.to(host.address), echo_request, 0, exchange.tag, 1, payload_of(32)));
    }
    round.settle(milliseconds{interval});
  }
  round.settle();
}

void query(ProbeRound& round) {
  struct Query {
    IcmpType type;
    std::uint8_t code;
    bool dont_fragment;
    std::size_t payload_bytes;
  };
  // In the order of QueryProbe.
  constexpr std::array<Query, 6> queries{{{IcmpType::echo_request, 0, false, 48},
                                          {IcmpType::echo_request, 9, true, 120},
                                          {IcmpType::echo_request, 0, true, 48},
                                          {IcmpType::timestamp_request, 0, false, 12},
                                          {IcmpType::mask_request, 0, false, 4},
                                          {IcmpType::information_request, 0, false, 0}}};
  for (const Query& one : queries) {
    for (HostObservation& host : round.observations().hosts) {
      const Exchange& exchange = round.begin(host, Series::queries);
      IpDatagram header = round.to(host.address);
      header.dont_fragment = one.dont_fragment;
      const ProbeBytes payload = one.type == IcmpType::echo_request ? payload_of(one.payload_bytes)
                                                                    : ProbeBytes(one.payload_bytes);
      round.prober().send(icmp_packet(header, static_cast<std::uint8_t>(one.type), one.code,
                                      exchange.tag, 1, payload));
    }
    round.settle();
  }
}

/// Sends the parts of a ping as fragments: what `FragmentProbe` says.
void send_fragments(ProbeRound& round, HostObservation& host, FragmentProbe kind) {
  const Exchange& exchange = round.begin(host, Series::fragments);
  IpDatagram header = round.to(host.address);
  header.identification = exchange.tag;
  const ProbeBytes whole = icmp_packet(header, echo_request, 0, exchange.tag, 1, payload_of(64));
  const Bytes body = Bytes(whole).subspan(20);  // 72 bytes of ICMP
  header.protocol = static_cast<std::uint8_t>(IpProtocol::icmp);
  const auto send_part = [&](std::size_t from, std::size_t count, bool more,
                             std::size_t offset_bytes) {
    header.more_fragments = more;
    header.fragment_offset_bytes = static_cast<std::uint16_t>(offset_bytes);
    round.prober().send(datagram_of(header, body.subspan(from, count)));
  };
  switch (kind) {
    case FragmentProbe::whole:
      send_part(0, 40, true, 0);
      return send_part(40, 32, false, 40);
    case FragmentProbe::first_only:
      return send_part(0, 72, true, 0);
    case FragmentProbe::last_only:
      return send_part(0, 72, false, 72);
    case FragmentProbe::odd_length:  // not a multiple of eight, and more follow
      send_part(0, 37, true, 0);
      return send_part(40, 32, false, 40);
    case FragmentProbe::too_long:  // ends beyond 65,535 bytes
      send_part(0, 40, true, 0);
      return send_part(40, 32, false, 65'528);
  }
}

void fragment(ProbeRound& round) {
  for (const FragmentProbe kind :
       {FragmentProbe::whole, FragmentProbe::first_only, FragmentProbe::last_only,
        FragmentProbe::odd_length, FragmentProbe::too_long}) {
    for (HostObservation& host : round.observations().hosts) send_fragments(round, host, kind);
    round.settle();
  }
}

void knock_at_closed_udp(ProbeRound& round) {
  constexpr std::uint16_t first_port = 40'125;
  const auto knock = [&](HostObservation& host, std::uint16_t port) {
    const Exchange& exchange = round.begin(host, Series::closed_udp, {port});
    round.prober().send(
        udp_packet(round.to(host.address), {exchange.tag}, {port}, payload_of(700)));
  };
  for (HostObservation& host : round.observations().hosts) knock(host, first_port);
  round.settle();
  for (HostObservation& host : round.observations().hosts)
    for (std::uint16_t more = 1; more <= 40; ++more)
      knock(host, static_cast<std::uint16_t>(first_port + more));
  round.settle();
}

}  // namespace

void collect_icmp(ProbeRound& round) {
  ping(round);
  query(round);
  fragment(round);
  knock_at_closed_udp(round);
}

void collect_load(ProbeRound& round) {
  Observations& observations = round.observations();
  if (observations.hosts.size() < 2) return;
  HostObservation &loaded = observations.hosts[0], &watched = observations.hosts[1];
  const auto time_ping = [&](std::vector<Duration>& times, int load) {
    for (int i = 0; i < load; ++i)
      round.prober().send(icmp_packet(round.to(loaded.address), echo_request, 0, 1, 1, {}));
    const Exchange& exchange = round.begin(watched, Series::load);
    round.prober().send(
        icmp_packet(round.to(watched.address), echo_request, 0, exchange.tag, 1, {}));
    if (const Heard* answer = round.settle_for_answer(watched, Series::load, round.pace().patience))
      times.push_back(answer->at - watched.of(Series::load).back().sent);
  };
  for (int i = 0; i < 10; ++i) time_ping(observations.alone, 0);
  for (int i = 0; i < 10; ++i) time_ping(observations.beside_load, 10);
}

}  // namespace apiary
