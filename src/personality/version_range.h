#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "personality/name_tokens.h"

namespace apiary {

/// A range of versions as numbers. A major version spans 1, for Windows a year.
struct VersionRange {
  double low = 0, high = 0;
};

/// "2.6.x" is every version that begins with 2.6, and "12.1" includes "12.1(5)".
VersionRange range_of(const NameToken& token);

/// The upper end of "2.4.0 - 2.5.20" and of "2.6.15-27"; none for "2.6.9-22.0.1", which is a build.
std::optional<double> end_of_range(const NameToken& first, bool is_glued, const NameToken& last);

/// The gap between the two nearest versions, and how different their ranges are, which decides
/// between overlapping ones.
struct VersionDistance {
  double gap = std::numeric_limits<double>::infinity(), spread = 0;
};
VersionDistance distance(const std::vector<VersionRange>& wanted,
                         const std::vector<VersionRange>& had);

/// From 1 (the same versions) to 0. Falls steeply at first.
double closeness(double gap, double spread);

}  // namespace apiary
