#include "prober/live_audit.h"

#include "audit/collect.h"
#include "wire/icmp.h"

namespace apiary {
namespace {

/// Asks each address by ARP, a ping and three ports.
void discover(Prober& prober, const AuditPace& pace, Observations& found) {
  ProbeRound round(prober, pace, found);
  for (HostObservation& host : found.hosts) {
    prober.ask_mac(host.address);
    const Exchange& exchange = round.begin(host, Series::echoes);
    prober.send(icmp_packet(round.to(host.address),
                            static_cast<std::uint8_t>(IcmpType::echo_request), 0, exchange.tag, 1,
                            {}));
    for (const Port port : {Port{22}, Port{80}, Port{443}})
      round.send_syn(host, round.begin(host, Series::ports, port), SynOffer::mss);
  }
  round.settle(seconds{1});
}

}  // namespace

Observations observe_live(Prober& prober, const AddressSet& targets, const LiveAudit& audit) {
  const AuditPace pace{
      .patience = milliseconds{300},
      .half_open_span = audit.listening,
      .clock_span = audit.clock_span,
      .listening = audit.listening >= minutes{1} ? audit.listening : Duration{seconds{1}},
      .max_pairs = 6,
      .max_talk_ports = 4,
      .banner_wait = seconds{2},
      .answer_wait = seconds{3},
      .is_simulated = false};
  Observations found;
  for (std::uint64_t i = 0; i < targets.size(); ++i)
    if (const IpAddress address = targets.at(i); address != prober.source())
      found.hosts.push_back({.address = address});
  discover(prober, pace, found);

  Observations observations;
  for (const IpPrefix& network : targets.prefixes())
    observations.densities.push_back({.network = network});
  for (const HostObservation& host : found.hosts) {
    for (AddressDensity& density : observations.densities)
      if (density.network.contains(host.address)) {
        ++density.asked;
        density.live += host.is_alive();
      }
    if (!host.is_alive()) continue;
    ++observations.candidates;
    if (observations.hosts.size() < audit.max_hosts)
      observations.hosts.push_back({.address = host.address});
  }
  if (!observations.hosts.empty()) collect(prober, pace, observations);
  return observations;
}

}  // namespace apiary
