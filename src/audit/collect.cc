#include "audit/collect.h"

#include <algorithm>
#include <array>
#include <set>

namespace apiary {
namespace {

constexpr std::array<Port, 8> quiet_ports{
    {{4}, {1044}, {7013}, {16161}, {23232}, {31414}, {45454}, {60606}}};

constexpr auto all_ports = std::to_array<Port>(
    {{7},    {9},     {13},    {19},    {21},    {22},   {23},   {25},   {37},    {53},   {80},
     {102},  {110},   {111},   {135},   {139},   {143},  {389},  {443},  {445},   {502},  {515},
     {548},  {554},   {587},   {631},   {873},   {993},  {995},  {1080}, {1433},  {1521}, {1723},
     {1883}, {2049},  {2222},  {2323},  {3306},  {3389}, {5060}, {5432}, {5555},  {5900}, {5985},
     {6379}, {7547},  {8000},  {8080},  {8443},  {8888}, {9100}, {9200}, {27017}, {4},    {1044},
     {7013}, {16161}, {23232}, {31414}, {45454}, {60606}});

/// Waits until Series::unanswered has had its time.
void hear_half_open(ProbeRound& round) {
  Observations& observations = round.observations();
  Instant sent = Instant::max();
  for (const HostObservation& host : observations.hosts)
    for (const Exchange& exchange : host.of(Series::unanswered))
      sent = std::min(sent, exchange.sent);
  if (sent == Instant::max()) return;
  const Instant now = round.prober().now(), end = sent + round.pace().half_open_span;
  round.settle(std::max(end - now, Duration{}));
  observations.half_open_span = round.prober().now() - sent;
}

/// Hears what hosts send of their own accord.
void listen(ProbeRound& round) {
  Observations& observations = round.observations();
  round.settle();
  (void)round.take_strays();
  round.settle(round.pace().listening);
  observations.listened = round.pace().listening;
  std::set<IpAddress> speakers;
  for (const Heard& heard : round.take_strays()) speakers.insert(heard.source);
  for (HostObservation& host : observations.hosts)
    host.speaks_unasked = host.speaks_unasked || speakers.contains(host.address);
}

}  // namespace

std::span<const Port> audited_ports() { return all_ports; }
std::span<const Port> unused_ports() { return quiet_ports; }

void collect(Prober& prober, const AuditPace& pace, Observations& observations) {
  observations.is_simulated = pace.is_simulated;
  observations.began = prober.now();
  ProbeRound round(prober, pace, observations);
  collect_ports(round);
  collect_icmp(round);
  collect_paths(round);
  collect_sequences(round);
  collect_connections(round);
  collect_services(round);
  if (!pace.is_simulated) collect_load(round);
  hear_half_open(round);
  listen(round);
}

void collect_ports(ProbeRound& round) {
  for (HostObservation& host : round.observations().hosts) round.prober().ask_mac(host.address);
  round.settle();
  for (HostObservation& host : round.observations().hosts) {
    std::set<Port> ports(all_ports.begin(), all_ports.end());
    ports.insert(host.configured.ports.begin(), host.configured.ports.end());
    for (const Port port : ports)
      round.send_syn(host, round.begin(host, Series::ports, port), SynOffer::linux_kernel);
    if (!round.pace().is_simulated) round.settle(milliseconds{1});
  }
  round.settle();
}

}  // namespace apiary
