#include "personality/version_range.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace apiary {
namespace {

constexpr double unknown_distance = 8;  // if one of the names has no version

/// A version as a number. Minor versions from 10 on are close together, as few majors have that
/// many.
double place_of(std::span<const unsigned> version) {
  double place = version[0];
  if (version.size() < 2) return place;
  const double minor = std::min(version[1], 99U);
  place += minor < 10 ? minor * 0.09 : 0.9 + (minor - 10) * 0.001;
  if (version.size() < 3) return place;
  const double step = minor < 10 ? 0.085 : 0.0009;
  place += step * std::min(version[2], 99U) / 100;
  if (version.size() > 3) place += step * std::min(version[3], 99U) / 10'000;
  return place;
}

}  // namespace

VersionRange range_of(const NameToken& token) {
  VersionRange range{place_of(token.version), place_of(token.version)};
  if (!token.is_series && token.version.size() != 2) return range;
  std::vector<unsigned> last = token.version;
  last.push_back(99);
  range.high = place_of(last);
  return range;
}

std::optional<double> end_of_range(const NameToken& first, bool is_glued, const NameToken& last) {
  std::vector<unsigned> version = last.version;
  const bool is_last_part = version.size() == 1 && first.version.size() > 1;
  if (is_last_part && version[0] > first.version[0]) {
    version = first.version;
    version.back() = last.version[0];
  }
  const double end = range_of({.text = {}, .version = version, .is_series = last.is_series}).high;
  if (is_glued && first.version.size() > 2 && version[0] != first.version[0]) return std::nullopt;
  if (end < range_of(first).low) return std::nullopt;
  return end;
}

VersionDistance distance(const std::vector<VersionRange>& wanted,
                         const std::vector<VersionRange>& had) {
  if (wanted.empty() || had.empty()) return {unknown_distance, 0};
  VersionDistance nearest;
  for (const VersionRange& a : wanted)
    for (const VersionRange& b : had) {
      const double ends = std::abs(a.low - b.low) + std::abs(a.high - b.high);
      const VersionDistance pair{std::max({0.0, a.low - b.high, b.low - a.high}),
                                 std::min(ends, 1.0)};
      if (pair.gap < nearest.gap || (pair.gap == nearest.gap && pair.spread < nearest.spread))
        nearest = pair;
    }
  return nearest;
}

double closeness(double gap, double spread) {
  constexpr double spread_counts = 0.0005;
  return 1 / (1 + 2 * std::sqrt(gap + spread_counts * spread));
}

}  // namespace apiary
