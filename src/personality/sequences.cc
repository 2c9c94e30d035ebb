#include "personality/sequences.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace apiary {
namespace {

constexpr double sample_seconds = 0.1;  // Nmap's interval between two probes
constexpr double max_step = max_isn_step;
constexpr double smallest_random_mean = 1 << 27;  // of a step: wraps around every few seconds

// With the rate this far above its scatter (in Nmap's units), the system uses a clock.
constexpr double clock_margin = 40;

// The relative error of Nmap's intervals; smaller for a clock, which advances with them.
constexpr double interval_error = 2e-3, clock_interval_error = 1e-4;

/// Five numbers around 0 whose sample standard deviation is 1.
using Pattern = std::array<double, 5>;

/// From symmetric to skewed: later ones have a smaller minimum or maximum for the same scatter.
constexpr std::array<Pattern, 6> patterns = {{
    {0, 1.264911, -0.632456, 0.632456, -1.264911},
    {1, -1, 0, 1, -1},
    {1.095445, -0.730297, 1.095445, -0.730297, -0.730297},
    {-1.095445, 0.730297, -1.095445, 0.730297, 0.730297},
    {1.788854, -0.447214, -0.447214, -0.447214, -0.447214},
    {-1.788854, 0.447214, 0.447214, 0.447214, 0.447214},
}};

// Nmap's usual measures of numbers that are drawn from all of them, and how far those of a system
// may lie from these that draws them so.
constexpr double uniform_sp = 260, uniform_isr = 267, uniform_margin = 12;
// Nmap rounds its measures; its intervals vary a little.
constexpr double accepted_rounding = 0.25, wide_margin = 2;
// How far measures lie from those that are wanted where no fingerprint has a range of them.
constexpr double usual_range = 3;

double from_measure(double eighths) { return std::exp2(eighths / 8); }
double to_measure(double value) { return value <= 1 ? 0 : 8 * std::log2(value); }

NumberRange around(double measure) {
  return {static_cast<std::uint32_t>(std::max(measure - usual_range, 0.0)),
          static_cast<std::uint32_t>(measure + usual_range)};
}

/// By how much Nmap reduces the scatter for the common divisor.
double scatter_unit(std::uint32_t gcd) { return gcd > 9 ? gcd : 1; }

struct Steps {
  double mean = 0, deviation = 0;  // of a step, in sequence numbers
};

Steps steps_for(const IsnMeasure& wanted) {
  return {.mean = from_measure(wanted.isr) * sample_seconds,
          .deviation = wanted.sp <= 0
                           ? 0
                           : from_measure(wanted.sp) * sample_seconds * scatter_unit(wanted.gcd)};
}

/// How far steps by `pattern` exceed the possible range, 0 to 2^31, with some room to vary them.
double misfit(const Pattern& pattern, const Steps& steps) {
  const auto [low, high] = std::ranges::minmax(pattern);
  return std::max(0.0, 0.05 * steps.mean - (steps.mean + low * steps.deviation)) +
         std::max(0.0, steps.mean + high * steps.deviation - 0.98 * max_step);
}

const Pattern& best_pattern(const Steps& steps) {
  return *std::ranges::min_element(patterns, {},
                                   [&](const Pattern& pattern) { return misfit(pattern, steps); });
}

/// Changes the numbers slightly so that they have no common divisor.
void part(std::array<std::uint32_t, 5>& quotients) {
  const auto common = [&] {
    return std::accumulate(quotients.begin(), quotients.end(), 0U,
                           [](std::uint32_t a, std::uint32_t b) { return std::gcd(a, b); });
  };
  for (std::uint32_t& quotient : quotients)
    if (common() != 1) ++quotient;
}

/// Corrects the mean, which rounding small quotients shifts, by steps of one.
void mend_mean(std::array<std::uint32_t, 5>& quotients, double wanted_sum) {
  for (std::size_t i = 0; i < quotients.size(); ++i) {
    const double sum = std::accumulate(quotients.begin(), quotients.end(), 0.0);
    if (wanted_sum - sum >= 0.5) ++quotients[i];
    if (sum - wanted_sum >= 0.5 && quotients[i] > 0) --quotients[i];
  }
}

}  // namespace

double mean_of(const std::array<std::uint32_t, 5>& steps) {
  double sum = 0;
  for (const std::uint32_t step : steps) sum += step;
  return sum / static_cast<double>(steps.size());
}

double deviation_of(const std::array<std::uint32_t, 5>& steps, double mean) {
  double squares = 0;
  for (const std::uint32_t step : steps) squares += (step - mean) * (step - mean);
  return std::sqrt(squares / (static_cast<double>(steps.size()) - 1));
}

void accept_measures(IsnRule& rule, const NumberRange& sp, const NumberRange& isr) {
  const auto steps_of = [&rule](const NumberRange& range, double unit) -> StepRange {
    const double low = range.low, high = range.high;
    const double margin = std::min((high - low) / 2, wide_margin) - accepted_rounding;
    const double scale = sample_seconds * unit / rule.divisor;
    return {low + margin <= 0 ? 0 : static_cast<float>(from_measure(low + margin) * scale),
            static_cast<float>(from_measure(high - margin) * scale)};
  };
  rule.mean = steps_of(isr, 1);
  rule.deviation = steps_of(sp, scatter_unit(rule.divisor));
}

IsnRule solve_isn_rule(const IsnMeasure& wanted) {
  IsnRule rule;
  if (wanted.gcd == 0) {
    rule.kind = IsnRule::Kind::constant;
    return rule;
  }
  const Steps steps = steps_for(wanted);
  const double unit = wanted.gcd;
  rule.divisor = wanted.gcd;
  rule.rate_per_second = from_measure(wanted.isr);
  const Pattern& pattern = best_pattern(steps);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const double step = std::clamp(steps.mean + pattern[i] * steps.deviation, 0.0, max_step);
    rule.quotients[i] = static_cast<std::uint32_t>(std::min(step / unit + 0.5, max_step / unit));
  }
  mend_mean(rule.quotients, 5 * steps.mean / unit);
  part(rule.quotients);

  if (wanted.sp < wanted.isr - clock_margin && steps.mean / unit > 64)
    rule.kind = IsnRule::Kind::time_driven;
  else
    rule.kind =
        steps.mean >= smallest_random_mean ? IsnRule::Kind::random : IsnRule::Kind::scattered;
  rule.noisy =
      rule.kind != IsnRule::Kind::time_driven && *std::ranges::min_element(rule.quotients) > 8192;
  rule.is_uniform = rule.noisy && rule.kind == IsnRule::Kind::random &&
                    std::abs(wanted.isr - uniform_isr) <= uniform_margin &&
                    std::abs(wanted.sp - uniform_sp) <= uniform_margin;
  accept_measures(rule, around(wanted.sp), around(wanted.isr));
  return rule;
}

IsnMeasure measure(const IsnRule& rule) {
  if (rule.kind == IsnRule::Kind::constant) return {.gcd = 0};
  const double unit = rule.divisor / sample_seconds;  // of the growth per second
  const double mean = mean_of(rule.quotients);
  const double error =
      mean * (rule.kind == IsnRule::Kind::time_driven ? clock_interval_error : interval_error);
  const double scatter = std::hypot(deviation_of(rule.quotients, mean), error);
  return {.sp = std::round(to_measure(scatter * unit / scatter_unit(rule.divisor))),
          .isr = std::round(to_measure(mean * unit)),
          .gcd = rule.divisor};
}

}  // namespace apiary
