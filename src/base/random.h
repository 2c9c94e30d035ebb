#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "base/units.h"

namespace apiary {

/// One step of splitmix64 (Steele, Lea, Flood 2014): spreads the bits of `value`.
constexpr std::uint64_t mix_bits(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

/// A seeded random number generator (xoshiro256**, Blackman and Vigna 2018): the same seed gives
/// the same numbers on all machines. Not for secrets.
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = seed = mix_bits(seed);
  }

  constexpr std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// A number in [0, bound). REQUIRES: bound > 0.
  constexpr std::uint64_t below(std::uint64_t bound) { return next() % bound; }

  /// A number in [0, 1).
  constexpr double fraction() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  constexpr bool happens(Probability probability) {
    return probability.value > 0 && fraction() < probability.value;
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace apiary
