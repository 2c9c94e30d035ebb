// Sequences and clocks that hosts share, or that no system has: T6, T7, T8, T9, T17.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "audit/checks.h"
#include "audit/system_kind.h"
#include "base/ascii.h"

namespace apiary {
namespace {

constexpr std::string_view no_open_port = "no host has an open port";
constexpr std::string_view no_timestamps = "fewer than two hosts have TCP timestamps";

/// A timestamp clock at a moment, and its real rate.
struct ClockReading {
  Instant at;
  std::uint32_t ticks = 0;
  double rate = 0;  // nominal, per second
};

std::optional<std::pair<Instant, std::uint32_t>> timestamp_of(const Exchange& exchange) {
  for (const Heard& answer : exchange.answers)
    if (const HeardTcp* tcp = answer.tcp(); tcp != nullptr && tcp->options.timestamps)
      return std::pair{answer.at, tcp->options.timestamps->value};
  return {};
}

/// The clock of a host; nothing if it has none, or one that starts again with each connection.
std::optional<ClockReading> read_clock(const HostObservation& host) {
  const auto& series = host.of(Series::isns);
  if (series.size() < 2) return {};
  const auto first = timestamp_of(series.front()), last = timestamp_of(series.back());
  if (!first || !last || last->first <= first->first || first->second == 0) return {};
  const double measured =
      static_cast<double>(last->second - first->second) / in_seconds(last->first - first->first);
  for (const double nominal : {1000.0, 250.0, 200.0, 100.0, 500.0, 10.0, 2.0})
    if (std::abs(measured / nominal - 1) < 0.08)
      return ClockReading{first->first, first->second, nominal};
  return {};
}

/// How much faster than its rate a clock is, in millionths; nothing if it cannot be measured.
std::optional<double> skew_of(const HostObservation& host, const ClockReading& clock) {
  if (host.of(Series::late_clock).empty()) return {};
  const auto late = timestamp_of(host.of(Series::late_clock).front());
  if (!late) return {};
  const double span = in_seconds(late->first - clock.at);
  const double ticks = static_cast<double>(late->second - clock.ticks);
  const double millionths = (ticks / (span * clock.rate) - 1) * 1e6;
  if (std::abs(millionths) > 2'000) return {};
  return millionths;
}

std::vector<std::uint32_t> isns_of(const HostObservation& host, Series series) {
  std::vector<std::uint32_t> isns;
  for (const Exchange& exchange : host.of(series))
    if (const HeardTcp* tcp = exchange.tcp(); tcp != nullptr && tcp->accepts())
      isns.push_back(tcp->sequence.value);
  return isns;
}

bool is_modern(SystemKind system) {
  return system == SystemKind::linux_kernel || system == SystemKind::windows ||
         system == SystemKind::bsd || system == SystemKind::apple;
}

void judge_series(const HostObservation& host, const std::vector<std::uint32_t>& isns,
                  Judgement& judgement) {
  const SystemKind system = system_of(host);
  std::vector<std::uint32_t> steps;
  for (std::size_t i = 0; i + 1 < isns.size(); ++i) steps.push_back(isns[i + 1] - isns[i]);
  const bool is_constant = std::ranges::all_of(steps, [](std::uint32_t step) { return step == 0; });
  if (is_constant) {
    const std::string reason = "all initial sequence numbers are the same";
    if (!host.configured.personality.empty() && !is_modern(system))
      judgement.warn(host.address, reason + ", as its personality has it");
    else
      judgement.fail(host.address, reason);
    return;
  }
  if (!is_modern(system)) return;  // old ones count by clocks and constants
  if (std::set(steps.begin(), steps.end()).size() < steps.size())
    judgement.fail(host.address, "steps between initial sequence numbers recur");
  const auto near_half = std::ranges::count_if(steps, [](std::uint32_t step) {
    return std::abs(static_cast<double>(step) - 0x1p31) < 4'000;
  });
  if (near_half >= 2)
    judgement.fail(host.address, "initial sequence numbers differ by 2^31, again and again");
  const auto again = isns_of(host, Series::reconnects);
  for (std::size_t i = 0; i + 1 < again.size(); ++i)
    if (system == SystemKind::linux_kernel && again[i + 1] - again[i] >= 0x8000'0000U)
      judgement.warn(host.address,
                     "initial sequence numbers of one pair of ports do not grow (RFC 6528)");
}

std::uint32_t big_endian_word(std::string_view bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word = word << 8 | static_cast<unsigned char>(bytes[i]);
  return word;
}

constexpr std::int64_t day_milliseconds = 86'400'000;

/// The time of day in the Date header of a response, in milliseconds.
std::optional<std::int64_t> http_time(std::string_view response) {
  constexpr std::string_view header = "\nDate: ", form = "hh:mm:ss GMT";
  const std::size_t date = response.find(header);
  if (date == response.npos) return {};
  const std::size_t colon = response.find(':', date + header.size());
  if (colon == response.npos || colon + form.size() - 2 > response.size()) return {};
  const std::string_view time = response.substr(colon - 2, form.size());
  if (time[5] != ':' || !time.ends_with(" GMT")) return {};
  std::int64_t whole = 0;
  for (const std::size_t at : {0, 3, 6}) {
    if (!is_digit(time[at]) || !is_digit(time[at + 1])) return {};
    whole = whole * 60 + std::int64_t{time[at] - '0'} * 10 + (time[at + 1] - '0');
  }
  return whole * 1'000;
}

/// The times of day that a host shows, each as its difference from ours, in milliseconds.
std::vector<std::int64_t> clock_errors(const HostObservation& host) {
  std::vector<std::int64_t> errors;
  const auto add = [&](std::int64_t shown, Instant at) {
    const std::int64_t ours =
        std::chrono::floor<milliseconds>(at.time_since_epoch()).count() % day_milliseconds;
    std::int64_t error = (shown - ours) % day_milliseconds;
    if (error > day_milliseconds / 2) error -= day_milliseconds;
    if (error < -day_milliseconds / 2) error += day_milliseconds;
    errors.push_back(error);
  };
  const auto& queries = host.of(Series::queries);
  if (const auto index = static_cast<std::size_t>(QueryProbe::timestamp); index < queries.size())
    if (const Heard* answer = queries[index].from(host.address);
        answer != nullptr && answer->icmp() != nullptr && answer->icmp()->payload.size() >= 12) {
      const std::uint32_t shown = big_endian_word(answer->icmp()->payload.substr(8));
      if (shown < day_milliseconds) add(shown, answer->at);  // else in another byte order
    }
  for (const HeardConversation& one : host.conversations) {
    if (one.segments.empty() || one.said.empty()) continue;
    const Instant at = one.segments.back().at;
    if (one.port == Port{37} && one.said.size() == 4)
      add(std::int64_t{big_endian_word(one.said)} * 1'000 % day_milliseconds, at);
    if (const auto shown = one.topic == Topic::request ? http_time(one.said) : std::nullopt)
      add(*shown, one.segments.front().at);
  }
  return errors;
}

}  // namespace

TellResult judge_clock_skew(const Observations& observations, const AuditKnowledge&) {
  if (observations.clock_span < minutes{5})
    return not_run("needs half an hour between two readings: use --clock-span 30m");
  Judgement judgement;
  std::vector<std::pair<double, IpAddress>> skews;
  for (const HostObservation& host : observations.hosts)
    if (const auto clock = read_clock(host))
      if (const auto skew = skew_of(host, *clock)) {
        judgement.examine();
        skews.emplace_back(*skew, host.address);
      }
  if (skews.size() < 2) return not_applicable(no_timestamps);
  const auto [least, most] = std::ranges::minmax(skews);
  if (skews.size() >= 3 && most.first - least.first < 1.5)
    for (const auto& [skew, host] : skews)
      judgement.fail(host, fmt::format("the clocks of {} hosts run equally fast", skews.size()));
  return judgement.result(no_timestamps);
}

TellResult judge_boot_times(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  std::vector<std::pair<double, IpAddress>> booted;  // seconds since the epoch
  for (const HostObservation& host : observations.hosts)
    if (const auto clock = read_clock(host)) {
      judgement.examine();
      booted.emplace_back(in_seconds(clock->at.time_since_epoch()) - clock->ticks / clock->rate,
                          host.address);
    }
  if (booted.size() < 2) return not_applicable(no_timestamps);
  std::ranges::sort(booted);
  const double now = in_seconds(observations.began.time_since_epoch());
  // Clocks that run differently fast seem to have started at different times.
  const auto tolerance_at = [&](double start) { return 1 + 1e-4 * (now - start); };
  for (std::size_t begin = 0, end = 0; begin < booted.size(); begin = end) {
    while (end < booted.size() &&
           booted[end].first - booted[begin].first < tolerance_at(booted[begin].first))
      ++end;
    const std::size_t together = end - begin;
    if (together < 2 || (together < 3 && booted.size() > 2)) continue;  // by chance
    for (std::size_t i = begin; i < end; ++i)
      judgement.fail(
          booted[i].second,
          fmt::format("the timestamps of {} hosts seem to count from one moment", together));
  }
  return judgement.result(no_timestamps);
}

TellResult judge_shared_ids(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  for (const InterleavedIds& pair : observations.pairs) {
    constexpr std::size_t all = 9;
    if (pair.ids.size() < all) continue;
    judgement.examine();
    const auto is_step = [&](std::size_t i) {
      const auto step = static_cast<std::uint16_t>(pair.ids[i + 1] - pair.ids[i]);
      return step >= 1 && step <= 4;
    };
    bool is_shared = true;
    for (std::size_t i = 0; i + 1 < all; ++i) is_shared = is_shared && is_step(i);
    if (!is_shared) continue;
    const std::string reason = "two hosts take their IP IDs from one counter";
    judgement.fail(pair.a, reason);
    judgement.fail(pair.b, reason);
  }
  return judgement.result("no two hosts answered all probes");
}

TellResult judge_isns(const Observations& observations, const AuditKnowledge&) {
  Judgement judgement;
  std::map<std::uint32_t, IpAddress> owners;
  for (const HostObservation& host : observations.hosts) {
    const auto isns = isns_of(host, Series::isns);
    if (isns.size() < 4) continue;
    judgement.examine();
    judge_series(host, isns, judgement);
    std::size_t taken = 0;
    for (const std::uint32_t isn : std::set(isns.begin(), isns.end())) {
      const auto [owner, is_new] = owners.emplace(isn, host.address);
      if (!is_new && ++taken == 2) {
        const std::string reason = "two hosts have the same initial sequence numbers";
        judgement.fail(host.address, reason);
        judgement.fail(owner->second, reason);
      }
    }
  }
  return judgement.result(no_open_port);
}

TellResult judge_time_agreement(const Observations& observations, const AuditKnowledge&) {
  if (observations.is_simulated)
    return not_run("programs show the real time, the clock is simulated: use --live");
  Judgement judgement;
  for (const HostObservation& host : observations.hosts) {
    const auto errors = clock_errors(host);
    if (errors.size() < 2) continue;
    judgement.examine();
    const auto [least, most] = std::ranges::minmax(errors);
    // HTTP has whole seconds.
    if (most - least > 2'500)
      judgement.fail(host.address, fmt::format("two clocks of one host differ by {:.0f} s",
                                               static_cast<double>(most - least) / 1'000));
  }
  return judgement.result("no host shows two clocks");
}

}  // namespace apiary
