#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/keyed_hash.h"

namespace apiary {

/// SipHash-1-3 of some words, for tables whose keys attackers choose, and who never see a hash:
/// half the rounds of SipHash-2-4, as in the tables of Linux (hsiphash(), Documentation/security/
/// siphash.rst). `number_of_words` separates keys of different lengths.
template <std::size_t number_of_words>
constexpr std::uint64_t table_hash(const HashKey& key,
                                   const std::array<std::uint64_t, number_of_words>& words) {
  std::uint64_t v0 = key.low ^ 0x736f6d6570736575U, v1 = key.high ^ 0x646f72616e646f6dU,
                v2 = key.low ^ 0x6c7967656e657261U, v3 = key.high ^ 0x7465646279746573U;
  const auto round = [&] {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  };
  const auto absorb = [&](std::uint64_t word) {
    v3 ^= word;
    round();
    v0 ^= word;
  };
  for (const std::uint64_t word : words) absorb(word);
  absorb(std::uint64_t{8 * number_of_words} << 56);
  v2 ^= 0xff;
  for (int i = 0; i < 3; ++i) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace apiary
