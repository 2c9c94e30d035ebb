#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "personality/compile.h"
#include "personality/system_version.h"

namespace apiary {
namespace {

// The default if a fingerprint has no value: random numbers, as in RFC 6528.
constexpr double default_sp = 0x104, default_isr = 0x108;
// From this rate on, the value is not a clock but random for each connection.
constexpr double fastest_clock = 1e5;
constexpr double standing_still = 1.0 / 3600;
// Nmap's measures are eight times a binary logarithm of 32-bit numbers at intervals of 0.1 s.
constexpr double max_measure = 8 * (32 + 4);
constexpr double slow_clock = 10;  // of systems that send 0 in their SYN/ACK (Windows to 2003)

/// Candidates within a range, the middle first.
std::array<double, 5> points_in(const NumberRange& range) {
  const double low = range.low, width = range.high - range.low;
  return {low + width / 2, low + width * 0.3, low + width * 0.7, low + width * 0.1,
          low + width * 0.9};
}

/// How far `value` lies from the safe part of the range; 0: inside.
double misfit(double value, const NumberRange& range) {
  const double margin = std::min(2.0, (range.high - range.low) / 2.0);
  return std::max({0.0, range.low + margin - value, value - (range.high - margin)});
}

std::vector<NumberRange> ranges_of(const Fingerprint& fingerprint, std::string_view attribute,
                                   double otherwise) {
  const auto expression = fingerprint.find(NmapTest::seq, attribute);
  std::vector<NumberRange> ranges = expression ? expression->ranges() : std::vector<NumberRange>{};
  const auto usual = static_cast<std::uint32_t>(otherwise);
  if (ranges.empty()) ranges.push_back({usual - std::min(usual, 5U), usual + 5});
  return ranges;
}

struct FittedIsnRule {
  IsnRule rule;
  double misfit = std::numeric_limits<double>::max();
};

FittedIsnRule fit_isn_rule(const Fingerprint& fingerprint) {
  // The first generation has systems whose steps are nearly constant.
  if (const auto step = fingerprint.find(NmapTest::seq, "STEP")) {
    const std::uint32_t size = step->number().value_or(64000);
    return {{.kind = IsnRule::Kind::scattered,
             .noisy = false,
             .quotients = {size, size, size + 1, size, size},
             .rate_per_second = size * 10.0},
            0};
  }
  const auto gcds = fingerprint.find(NmapTest::seq, "GCD") ? ranges_of(fingerprint, "GCD", 0)
                                                           : std::vector<NumberRange>{{1, 1}};
  const auto rates = ranges_of(fingerprint, "ISR", default_isr);
  const auto scatters = ranges_of(fingerprint, "SP", default_sp);
  FittedIsnRule best;
  for (const NumberRange& gcd : gcds)
    for (const NumberRange& rate : rates)
      for (const NumberRange& scatter : scatters)
        for (const double isr : points_in(rate))
          for (const double sp : points_in(scatter)) {
            const IsnRule rule = solve_isn_rule({.sp = std::min(sp, max_measure),
                                                 .isr = std::min(isr, max_measure),
                                                 .gcd = gcd.low});
            const IsnMeasure seen = measure(rule);
            const double total = misfit(seen.sp, scatter) + misfit(seen.isr, rate);
            if (total >= best.misfit) continue;
            best = {rule, total};
            accept_measures(best.rule, scatter, rate);
            if (total == 0) return best;
          }
  return best;
}

bool is_counter(const IpIdRule& rule) {
  return rule.kind == IpIdRule::Kind::incremental || rule.kind == IpIdRule::Kind::swapped ||
         rule.kind == IpIdRule::Kind::random_positive;
}

IpIdRule ip_id_rule(std::string_view value) {
  using enum IpIdRule::Kind;
  if (value == "I") return {.kind = incremental};
  if (value == "Z") return {.kind = zero};
  if (value == "BI") return {.kind = swapped};
  if (value == "RI") return {.kind = random_positive};
  if (value == "RD") return {.kind = random};
  const auto number = parse_number_range(value);
  return {.kind = constant, .value = static_cast<std::uint16_t>(number ? number->low : 0)};
}

/// The first alternative; a counter if one is needed; a constant only if there is nothing else.
IpIdRule compile_ip_id(const std::optional<MatchExpression>& expression, bool must_count,
                       const IpIdRule& otherwise) {
  if (!expression) return otherwise;
  const auto alternatives = expression->alternatives();
  std::optional<IpIdRule> chosen;
  for (const std::string_view alternative : alternatives) {
    const IpIdRule rule = ip_id_rule(alternative);
    if (must_count && is_counter(rule)) return rule;
    if (rule.kind != IpIdRule::Kind::constant && !chosen) chosen = rule;
  }
  return chosen.value_or(ip_id_rule(alternatives.front()));
}

IpIdRules compile_ip_ids(const Fingerprint& fingerprint) {
  const auto find = [&](std::string_view attribute) {
    return fingerprint.find(NmapTest::seq, attribute);
  };
  const auto sharing = find("SS");
  IpIdRules rules;
  rules.tcp = compile_ip_id(find("TI"), sharing.has_value(), IpIdRule{});
  rules.reset = compile_ip_id(find("CI"), false, rules.tcp);
  rules.icmp = compile_ip_id(find("II"), sharing.has_value(), rules.tcp);
  rules.reset_shares_tcp = rules.reset == rules.tcp;
  const bool shares = !sharing || sharing->accepts("S");
  rules.icmp_shares_tcp = shares && rules.icmp == rules.tcp;
  if (sharing && !rules.icmp_shares_tcp) {
    rules.icmp_starts_above = !shares;
    rules.icmp_starts_below = shares;
  }
  return rules;
}

/// The rate of a clock whose binary logarithm Nmap rounds to `logarithm`, as systems have them.
double real_rate(std::string_view family, std::uint32_t logarithm) {
  constexpr std::array usual = {1., 2., 4., 10., 20., 32., 60., 100., 200., 500., 1000.};
  // CONFIG_HZ of most distributions until timestamps became milliseconds in 4.13.
  if (logarithm == 8 && (family == "Linux" || family == "Android")) return 250;
  if (logarithm == 10 && (family == "Tru64 UNIX" || family == "Digital UNIX")) return 1024;
  return logarithm < usual.size() ? usual[logarithm] : std::exp2(logarithm);
}

/// Where a clock that Nmap can measure starts for each visitor.
TimestampRule::Start start_of_clock(const Fingerprint& fingerprint) {
  const bool is_linux = fingerprint.family == "Linux" || fingerprint.family == "Android";
  const auto version = version_behind("Linux", fingerprint.name);
  return is_linux && version && !is_before(version, 4, 10) ? TimestampRule::Start::addresses
                                                           : TimestampRule::Start::boot;
}

/// A clock that starts elsewhere in each connection, so that Nmap measures the starts.
TimestampRule random_starts(std::string_view family, const MatchExpression& accepted,
                            double growth) {
  const bool is_hashed = family == "FreeBSD" || family == "Linux" || family == "Android";
  const bool accepts_any =
      accepted.accepts("20") && accepted.accepts("21") && accepted.accepts("22");
  return {.start = is_hashed ? TimestampRule::Start::endpoints : TimestampRule::Start::connection,
          .series_growth_per_second = accepts_any ? 0 : growth};
}

TimestampRule compile_timestamps(const Fingerprint& fingerprint, const SynRules& rules) {
  TimestampRule clock;
  const OptionToken* stamps = nullptr;  // in the last reply that may have them, which Nmap uses
  for (const SynObservation& seen : rules.to_usual_windows)
    if (const auto* found = find_option(seen.options, tcp_option::timestamps)) stamps = found;
  if (stamps != nullptr && !stamps->shows_clock) clock.ticks_per_second = slow_clock;

  const auto expression = fingerprint.find(NmapTest::seq, "TS");
  if (!expression) return clock;
  // Nmap has no value for a clock that does not advance during its test, for four ticks per second,
  // or for timestamps only in the last reply.
  const bool says_none = expression->text() == "U" && stamps != nullptr && stamps->shows_clock;
  if (says_none || expression->text() == "2") return {.ticks_per_second = standing_still};
  for (const NumberRange& range : expression->ranges()) {
    const std::uint32_t logarithm = range.middle();
    if (logarithm == 0 || logarithm > 40) continue;
    const double rate = std::exp2(logarithm);
    if (rate > fastest_clock) return random_starts(fingerprint.family, *expression, rate);
    clock.ticks_per_second = real_rate(fingerprint.family, logarithm);
    clock.start = start_of_clock(fingerprint);
    return clock;
  }
  return clock;
}

}  // namespace

double isn_misfit(const Fingerprint& fingerprint) { return fit_isn_rule(fingerprint).misfit; }

void compile_sequences(const Fingerprint& fingerprint, Personality& personality) {
  personality.isn = fit_isn_rule(fingerprint).rule;
  // A sequence counts more than one sample: if ISNs are known to vary, a fixed value holds only for
  // the observed reply.
  const SequenceRule first = personality.segment(ProbeKind::syn).sequence;
  if (fingerprint.find(NmapTest::seq, "GCD") && personality.isn.kind != IsnRule::Kind::constant)
    for (const ProbeKind kind : {ProbeKind::syn, ProbeKind::ecn_syn}) {
      SegmentRule& rule = personality.segments[static_cast<std::size_t>(kind)];
      if ((rule.flags & tcp_flag::syn) != 0) rule.sequence = SequenceRule::own;
    }
  if (personality.segment(ProbeKind::syn).sequence != first)
    personality.syn.to_tiny_windows.front().sequence = first;
  personality.ip_ids = compile_ip_ids(fingerprint);
  personality.timestamps = compile_timestamps(fingerprint, personality.syn);
}

}  // namespace apiary
