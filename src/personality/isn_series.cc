#include "personality/isn_series.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace apiary {
namespace {

// How often steps are drawn again that Nmap would not accept. Narrow ranges accept few.
constexpr int first_attempts = 256, later_attempts = 48;
// A step varies by this share at most where it would repeat another.
constexpr double variation = 0x1p-6;

std::uint32_t varied(double step, std::uint32_t most, Random& random) {
  const double share = static_cast<double>(random.next() >> 32) * 0x1p-31 - 1;  // -1 to 1
  return static_cast<std::uint32_t>(
      std::clamp(step * (1 + share * variation), 1.0, static_cast<double>(most)));
}

}  // namespace

std::uint32_t draw_isn_step(const IsnRule& rule, Random& random) {
  const std::uint64_t bits = random.next();
  const std::uint32_t most = max_isn_step / rule.divisor;
  if (rule.is_uniform) return static_cast<std::uint32_t>((bits >> 32) * (most + 1ULL) >> 32);
  // On the line through two of the five, beyond them too: that keeps their mean and scatter.
  const auto one = static_cast<double>(rule.quotients[bits % 5]);
  const auto other = static_cast<double>(rule.quotients[(bits >> 8) % 5]);
  const double place = static_cast<double>(bits >> 32) * 1.5 * 0x1p-32 - 0.25;
  const double step = std::abs(one + (other - one) * place);
  return varied(step <= most ? step : 2.0 * most - step, most, random);
}

IsnSeries::IsnSeries(const IsnRule& rule, std::uint64_t seed)
    : rule_(rule), random_(seed), steps_(first_steps()) {}

std::uint32_t IsnSeries::next() {
  std::uint32_t& step = steps_[drawn_ % steps_.size()];
  if (drawn_ >= steps_.size()) replace(step);
  ++drawn_;
  return step;
}

bool IsnSeries::fits(const Steps& steps) const {
  const double mean = mean_of(steps);
  if (!rule_.mean.contains(mean) || !rule_.deviation.contains(deviation_of(steps, mean)))
    return false;
  std::uint32_t common = steps[0];
  for (std::size_t i = 1; i < steps.size() && common != 1; ++i) common = std::gcd(common, steps[i]);
  return common == 1;
}

IsnSeries::Steps IsnSeries::first_steps() {
  Steps steps{};
  for (int i = 0; i < first_attempts; ++i) {
    for (std::uint32_t& step : steps) step = draw_isn_step(rule_, random_);
    if (fits(steps)) return steps;
  }
  steps = rule_.quotients;
  for (std::size_t i = steps.size(); i > 1; --i) std::swap(steps[i - 1], steps[random_.below(i)]);
  const Steps exact = steps;
  const std::uint32_t most = max_isn_step / rule_.divisor;
  for (int i = 0; i < later_attempts; ++i) {
    std::ranges::transform(exact, steps.begin(),
                           [&](auto step) { return varied(step, most, random_); });
    if (fits(steps)) return steps;
  }
  return exact;
}

void IsnSeries::replace(std::uint32_t& oldest) {
  const std::uint32_t before = oldest;
  for (int i = 0; i < later_attempts; ++i) {
    oldest = draw_isn_step(rule_, random_);
    if (fits(steps_)) return;
  }
  for (int i = 0; i < later_attempts; ++i) {
    oldest = varied(before, max_isn_step / rule_.divisor, random_);
    if (fits(steps_)) return;
  }
  oldest = before;
}

}  // namespace apiary
