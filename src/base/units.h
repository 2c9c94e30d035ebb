#pragma once

#include <compare>

namespace apiary {

/// A probability, from 0 (never) to 1 (always).
struct Probability {
  double value = 0;
  auto operator<=>(const Probability&) const = default;
};

constexpr Probability percent(double percentage) { return {percentage / 100}; }

/// The probability that at least one of two independent events happens.
constexpr Probability either(Probability a, Probability b) {
  return {a.value + b.value - a.value * b.value};
}

}  // namespace apiary
