// The way to a host: traceroute in three modes, and the discovery of the path MTU.
#include "audit/collect.h"
#include "wire/icmp.h"

namespace apiary {
namespace {

constexpr std::uint8_t trace_ping = static_cast<std::uint8_t>(IcmpType::echo_request);
constexpr std::uint8_t farthest = 12;  // hops
constexpr Port trace_port{33'434};

void trace(ProbeRound& round) {
  const ProbeBytes payload(12, 'x');
  for (std::uint8_t ttl = 1; ttl <= farthest; ++ttl) {
    for (HostObservation& host : round.observations().hosts) {
      const Exchange& udp = round.begin(host, Series::trace_udp, trace_port, ttl);
      round.prober().send(udp_packet(round.to(host.address, ttl), {udp.tag}, trace_port, payload));
      const Exchange& icmp = round.begin(host, Series::trace_icmp, {}, ttl);
      round.prober().send(
          icmp_packet(round.to(host.address, ttl), trace_ping, 0, icmp.tag, ttl, payload));
      const auto open = host.open_ports();
      const Port port = open.empty() ? Port{80} : open.front();
      round.send_syn(host, round.begin(host, Series::trace_tcp, port, ttl), SynOffer::mss);
    }
    // Slowly, since routers limit their errors.
    round.settle(round.pace().is_simulated ? Duration{seconds{1}} : Duration{milliseconds{20}});
  }
  round.settle();
}

void send_big(ProbeRound& round, HostObservation& host, std::size_t size) {
  constexpr std::size_t headers = 28;
  const Exchange& exchange = round.begin(host, Series::big);
  IpDatagram header = round.to(host.address);
  header.dont_fragment = true;
  round.prober().send(
      icmp_packet(header, trace_ping, 0, exchange.tag, 1, ProbeBytes(size - headers, 'x')));
}

void find_path_mtu(ProbeRound& round) {
  constexpr std::size_t ethernet = 1'500, least = 68;
  for (HostObservation& host : round.observations().hosts) send_big(round, host, ethernet);
  round.settle();
  for (HostObservation& host : round.observations().hosts) {
    if (host.of(Series::big).empty()) continue;
    const Exchange first = host.of(Series::big).front();
    for (const Heard& answer : first.answers)
      if (const HeardIcmp* icmp = answer.icmp();
          icmp != nullptr && icmp->type == 3 && icmp->code == 4 && (icmp->rest & 0xffff) >= least)
        send_big(round, host, icmp->rest & 0xffff);
  }
  round.settle();
}

}  // namespace

void collect_paths(ProbeRound& round) {
  trace(round);
  find_path_mtu(round);
}

}  // namespace apiary
