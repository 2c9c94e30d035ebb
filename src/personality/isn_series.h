#pragma once

#include <array>
#include <cstdint>

#include "base/random.h"
#include "personality/sequences.h"

namespace apiary {

/// A step between two initial sequence numbers by `rule`, in divisors, without its direction: less
/// than 2^31 sequence numbers. The mean and the scatter of many are about those of the rule.
/// REQUIRES: the rule is noisy.
std::uint32_t draw_isn_step(const IsnRule& rule, Random& random);

/// Such steps for a peer that wants a number about every tenth of a second, as Nmap does: any six
/// numbers in a row have the divisor, rate and scatter that the rule's ranges accept. No pattern
/// repeats, unless the ranges are so narrow that they accept little else. The same seed gives the
/// same steps.
class IsnSeries {
 public:
  /// `rule` outlives this object.
  IsnSeries(const IsnRule& rule, std::uint64_t seed);
  std::uint32_t next();

 private:
  using Steps = std::array<std::uint32_t, 5>;

  bool fits(const Steps& steps) const;
  Steps first_steps();
  void replace(std::uint32_t& oldest);

  const IsnRule& rule_;
  Random random_;
  Steps steps_;  // the last five
  unsigned drawn_ = 0;
};

}  // namespace apiary
