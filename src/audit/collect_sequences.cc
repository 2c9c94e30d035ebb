// Sequences and clocks: initial sequence numbers, timestamps, IP IDs; answers to different SYNs.
#include <algorithm>
#include <array>

#include "audit/collect.h"

namespace apiary {
namespace {

template <class Act>
void for_each_open(ProbeRound& round, Act act) {
  for (HostObservation& host : round.observations().hosts)
    if (const auto open = host.open_ports(); !open.empty()) act(host, open.front());
}

void offer_syns(ProbeRound& round) {
  for (const SynOffer offer : {SynOffer::nothing, SynOffer::mss, SynOffer::bsd,
                               SynOffer::linux_kernel, SynOffer::windows}) {
    for_each_open(round, [&](HostObservation& host, Port port) {
      round.send_syn(host, round.begin(host, Series::syn_offers, port), offer);
    });
    round.settle();
  }
  for_each_open(round, [&](HostObservation& host, Port port) {
    round.send_syn(host, round.begin(host, Series::syn_offers, port), SynOffer::linux_kernel,
                   tcp_flag::ece | tcp_flag::cwr);
  });
  round.settle();
}

void draw_isns(ProbeRound& round) {
  // The intervals of Nmap, of hping3's users, and others.
  constexpr auto intervals = std::to_array<int>(
      {110, 110, 110, 110, 110, 110, 50, 200, 200, 330, 330, 600, 600, 1000, 1000});
  for (const int interval : intervals) {
    for_each_open(round, [&](HostObservation& host, Port port) {
      round.send_syn(host, round.begin(host, Series::isns, port), SynOffer::linux_kernel);
    });
    round.settle(milliseconds{interval});
  }
  round.settle();
}

void reconnect(ProbeRound& round) {
  for (int time = 0; time < 4; ++time) {
    for_each_open(round, [&](HostObservation& host, Port port) {
      const auto& before = host.of(Series::reconnects);
      const std::uint16_t tag = before.empty() ? round.next_tag(host) : before.front().tag;
      round.send_syn(host, round.begin_again(host, Series::reconnects, tag, port),
                     SynOffer::linux_kernel);
    });
    round.settle(std::max(round.pace().patience, Duration{milliseconds{500}}));
  }
}

void leave_half_open(ProbeRound& round) {
  for_each_open(round, [&](HostObservation& host, Port port) {
    round.send_syn(host, round.begin(host, Series::unanswered, port), SynOffer::linux_kernel);
  });
}

/// Sends one probe of a kind whose answer has an IP ID, and waits for it.
std::vector<std::uint16_t> ask_id(ProbeRound& round, HostObservation& host, bool by_ping) {
  Exchange& exchange = round.begin(host, Series::ids, unused_ports().front());
  if (by_ping)
    round.prober().send(icmp_packet(round.to(host.address), 8, 0, exchange.tag, 1, {}));
  else
    round.send_syn(host, exchange, SynOffer::mss);
  const Heard* const answer = round.settle_for_answer(host, Series::ids, round.pace().patience);
  if (answer == nullptr) return {};
  return {answer->identification};
}

void interleave_ids(ProbeRound& round) {
  Observations& observations = round.observations();
  std::size_t pairs = 0;
  for (std::size_t i = 0; i + 1 < observations.hosts.size(); ++i) {
    HostObservation &a = observations.hosts[i], &b = observations.hosts[i + 1];
    if (!a.is_alive() || !b.is_alive() || pairs++ == round.pace().max_pairs) continue;
    for (const bool by_ping : {true, false}) {
      InterleavedIds pair{a.address, b.address};
      for (HostObservation* const host : {&a, &b, &a, &a, &b, &a, &a, &a, &b})
        for (const std::uint16_t id : ask_id(round, *host, by_ping)) pair.ids.push_back(id);
      observations.pairs.push_back(std::move(pair));
    }
  }
}

void read_late_clock(ProbeRound& round) {
  if (round.pace().clock_span == Duration{}) return;
  round.settle(round.pace().clock_span);
  for_each_open(round, [&](HostObservation& host, Port port) {
    round.send_syn(host, round.begin(host, Series::late_clock, port), SynOffer::linux_kernel);
  });
  round.settle();
  round.observations().clock_span = round.pace().clock_span;
}

}  // namespace

void collect_sequences(ProbeRound& round) {
  leave_half_open(round);
  offer_syns(round);
  draw_isns(round);
  reconnect(round);
  interleave_ids(round);
  read_late_clock(round);
}

}  // namespace apiary
