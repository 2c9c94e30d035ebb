// What a scanner learns from single answers of a stack: T3, T4, T5, T21, T22.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "audit/checks.h"
#include "audit/system_kind.h"
#include "wire/icmp.h"

namespace apiary {
namespace {

constexpr std::string_view no_syn_ack = "no host has an open port";

/// The times between the SYN/ACKs of an exchange, in seconds.
std::vector<double> syn_ack_intervals(const Exchange& exchange) {
  std::vector<double> intervals;
  const Heard* before = nullptr;
  for (const Heard& answer : exchange.answers) {
    if (answer.tcp() == nullptr || !answer.tcp()->accepts()) continue;
    if (before != nullptr) intervals.push_back(in_seconds(answer.at - before->at));
    before = &answer;
  }
  return intervals;
}

bool doubles(const std::vector<double>& intervals) {
  for (std::size_t i = 0; i + 1 < intervals.size(); ++i) {
    const double ratio = intervals[i + 1] / intervals[i];
    const bool is_last = i + 2 == intervals.size();  // some systems cut the last one
    if (ratio > 2.7 || ratio < (is_last ? 0.2 : 0.9)) return false;
  }
  return true;
}

/// Whether all intervals are whole tenths of a second: no timer of a kernel is so exact.
bool is_exact(const std::vector<double>& intervals) {
  return std::ranges::all_of(intervals, [](double interval) {
    return std::abs(interval * 10 - std::round(interval * 10)) < 1e-4;
  });
}

/// The option of `answer` that `offer` does not permit; empty: none.
std::string_view unoffered(const TcpOptions& answer, SynOffer offer) {
  const bool offers_scale = offer != SynOffer::nothing && offer != SynOffer::mss;
  const bool offers_clock = offer == SynOffer::bsd || offer == SynOffer::linux_kernel;
  if (answer.window_scale && !offers_scale) return "a window scale";
  if (answer.sack_permitted && !offers_scale) return "selective acknowledgments";
  if (answer.timestamps && !offers_clock) return "timestamps";
  return {};
}

void judge_offers(const HostObservation& host, Judgement& judgement) {
  const auto& offers = host.of(Series::syn_offers);
  const auto is_accepted = [](const Exchange& exchange) {
    return exchange.tcp() != nullptr && exchange.tcp()->accepts();
  };
  if (std::ranges::none_of(offers, is_accepted)) return;
  judgement.examine();
  for (std::size_t i = 0; i < offers.size(); ++i) {
    const bool is_ecn = i + 1 == offers.size();
    const auto offer = is_ecn ? SynOffer::linux_kernel : static_cast<SynOffer>(i);
    if (!is_accepted(offers[i])) {
      judgement.warn(host.address, "one SYN is accepted, and one with other options is not");
      continue;
    }
    const HeardTcp& answer = *offers[i].tcp();
    if (const auto option = unoffered(answer.options, offer); !option.empty())
      judgement.fail(host.address,
                     fmt::format("a SYN/ACK has {}, which the SYN did not offer", option));
    if (answer.has(tcp_flag::cwr) || (answer.has(tcp_flag::ece) && !is_ecn))
      judgement.warn(host.address, "a SYN/ACK has flags of ECN that RFC 3168 does not permit");
    if (answer.acknowledgment.value != 0x5a000001)
      judgement.fail(host.address, "a SYN/ACK acknowledges what was not sent");
  }
}

bool has_echo(const HostObservation& host, const Exchange& exchange) {
  const Heard* const answer = exchange.from(host.address);
  return answer != nullptr && answer->icmp() != nullptr &&
         answer->icmp()->type == static_cast<std::uint8_t>(IcmpType::echo_reply);
}

const Exchange* query_of(const HostObservation& host, QueryProbe probe) {
  const auto& queries = host.of(Series::queries);
  const auto index = static_cast<std::size_t>(probe);
  return index < queries.size() ? &queries[index] : nullptr;
}

void judge_echoes(const HostObservation& host, SystemKind system, Judgement& judgement) {
  const Exchange* const plain = query_of(host, QueryProbe::plain);
  if (plain == nullptr || !has_echo(host, *plain)) return;
  judgement.examine();
  const HeardIcmp& answer = *plain->from(host.address)->icmp();
  if (answer.payload.size() != 48 || !answer.payload.starts_with("abc"))
    judgement.fail(host.address, "an echo reply has other data than its request");
  const Exchange* const code = query_of(host, QueryProbe::code);
  if (code != nullptr && has_echo(host, *code)) {
    const std::uint8_t replied = code->from(host.address)->icmp()->code;
    if ((system == SystemKind::windows && replied != 0) ||
        (system == SystemKind::linux_kernel && replied != 9))
      judgement.warn(host.address, fmt::format("an echo request of code 9 gets code {}, unlike {}",
                                               replied, name_of(system)));
  }
  for (const QueryProbe probe : {QueryProbe::mask, QueryProbe::information})
    if (const Exchange* exchange = query_of(host, probe);
        exchange != nullptr && exchange->from(host.address) != nullptr &&
        (system == SystemKind::linux_kernel || system == SystemKind::windows))
      judgement.warn(host.address,
                     fmt::format("{} does not answer this ICMP query: type {}", name_of(system),
                                 probe == QueryProbe::mask ? 17 : 15));
}

void judge_errors(const HostObservation& host, SystemKind system, Judgement& judgement) {
  const auto& knocks = host.of(Series::closed_udp);
  if (knocks.empty()) return;
  const Heard* const first = knocks.front().from(host.address);
  if (first == nullptr || !first->is_error()) return;
  judgement.examine();
  if (first->icmp()->quote->bytes < 28)
    judgement.fail(host.address, "an ICMP error quotes less than a header and eight bytes");
  if (system != SystemKind::linux_kernel) return;
  if (first->icmp()->quote->bytes < 500)
    judgement.warn(host.address, fmt::format("an ICMP error quotes {} bytes; Linux quotes 548",
                                             first->icmp()->quote->bytes));
  const auto errors = std::ranges::count_if(
      knocks, [&](const Exchange& knock) { return knock.from(host.address) != nullptr; });
  if (errors > 30)
    judgement.warn(host.address,
                   fmt::format("{} of {} datagrams to closed ports get an error at the same time; "
                               "Linux limits them",
                               errors, knocks.size()));
}

}  // namespace

TellResult judge_retransmissions(const Observations& observations, const AuditKnowledge&) {
  if (observations.half_open_span < seconds{5})
    return not_run("listened for less than 5 s: use a longer --listen");
  Judgement judgement;
  std::size_t exact = 0;
  std::vector<IpAddress> retransmitting;
  for (const HostObservation& host : observations.hosts) {
    if (host.of(Series::unanswered).empty() || host.of(Series::unanswered).front().tcp() == nullptr)
      continue;
    judgement.examine();
    const auto intervals = syn_ack_intervals(host.of(Series::unanswered).front());
    if (intervals.empty()) {
      judgement.fail(host.address, "a SYN/ACK that nobody answers is never sent again");
      continue;
    }
    retransmitting.push_back(host.address);
    if (!doubles(intervals))
      judgement.warn(host.address, "the intervals of SYN/ACKs do not double, as RFC 6298 has it");
    if (is_exact(intervals)) ++exact;
  }
  if (observations.is_simulated && retransmitting.size() >= 3 && exact == retransmitting.size())
    for (const IpAddress& host : retransmitting)
      judgement.warn(host, "all intervals are whole tenths of a second: real timers drift");
  return judgement.result(no_syn_ack);
}

TellResult judge_syn_answers(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const HostObservation& host : observations.hosts) judge_offers(host, judgement);
  return judgement.result(no_syn_ack);
}

TellResult judge_fragments(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const HostObservation& host : observations.hosts) {
    const auto& fragments = host.of(Series::fragments);
    const Exchange* const plain = query_of(host, QueryProbe::plain);
    if (plain == nullptr || !has_echo(host, *plain)) continue;
    judgement.examine();
    for (std::size_t i = 0; i < fragments.size(); ++i) {
      const bool is_legal = static_cast<FragmentProbe>(i) == FragmentProbe::whole;
      if (has_echo(host, fragments[i]) == is_legal) continue;
      if (is_legal)
        judgement.warn(host.address, "a ping in two fragments gets no reply");
      else
        judgement.fail(host.address, "an incomplete or illegal datagram in fragments gets a reply");
    }
  }
  return judgement.result("no host answers pings");
}

TellResult judge_icmp(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const HostObservation& host : observations.hosts) {
    const SystemKind system = system_of(host);
    judge_echoes(host, system, judgement);
    judge_errors(host, system, judgement);
  }
  return judgement.result("no host answers pings or reports closed ports");
}

TellResult judge_established(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const HostObservation& host : observations.hosts) {
    if (host.answered.empty()) continue;
    judgement.examine();
    const auto answered = [&](ConnectionProbe probe) {
      return static_cast<bool>(host.answered[static_cast<std::size_t>(probe)]);
    };
    if (!answered(ConnectionProbe::keep_alive))
      judgement.fail(host.address, "a keep-alive probe gets no acknowledgment");
    else if (!answered(ConnectionProbe::beyond_window))
      judgement.fail(host.address, "data beyond the window gets no acknowledgment");
    else if (!answered(ConnectionProbe::data) && answered(ConnectionProbe::syn))
      judgement.fail(host.address, "data gets no acknowledgment");
    else if (!answered(ConnectionProbe::data) && system_of(host) == SystemKind::linux_kernel)
      judgement.warn(host.address, "a reset that is not exact ends a connection");
    else if (answered(ConnectionProbe::data) && !answered(ConnectionProbe::half_close))
      judgement.fail(host.address, "a FIN gets no acknowledgment");
  }
  return judgement.result(no_syn_ack);
}

}  // namespace apiary
