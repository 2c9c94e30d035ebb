#pragma once

#include <bit>
#include <cstdint>

#include "base/keyed_hash.h"

namespace apiary {

/// SipHash-c-d (Aumasson and Bernstein 2012): `rounds` for each word, `last_rounds` at the end.
template <int rounds, int last_rounds>
class SipState {
 public:
  explicit constexpr SipState(const HashKey& key)
      : v0_(key.low ^ 0x736f6d6570736575U),
        v1_(key.high ^ 0x646f72616e646f6dU),
        v2_(key.low ^ 0x6c7967656e657261U),
        v3_(key.high ^ 0x7465646279746573U) {}

  constexpr void absorb(std::uint64_t word) {
    v3_ ^= word;
    for (int i = 0; i < rounds; ++i) round();
    v0_ ^= word;
  }
  /// The hash. `last_word`: up to seven bytes, and the length of all bytes in the highest byte.
  constexpr std::uint64_t finish(std::uint64_t last_word) {
    absorb(last_word);
    v2_ ^= 0xff;
    for (int i = 0; i < last_rounds; ++i) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  constexpr void round() {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_, v1_, v2_, v3_;
};

}  // namespace apiary
