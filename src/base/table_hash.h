#pragma once

#include <array>
#include <cstdint>

#include "base/keyed_hash.h"
#include "base/sip_state.h"

namespace apiary {

/// The words of a table's key.
using HashWords = std::array<std::uint64_t, 2>;

/// A keyed hash for tables whose keys attackers choose, and who never see a hash. It is
/// aes_table_hash() where the processor has AES, else sip_table_hash(), and so differs between
/// machines: no output may depend on it.
std::uint64_t table_hash(const HashKey& key, const HashWords& words);

/// Three rounds of AES: each bit of the hash depends on all bits of words and key. REQUIRES:
/// has_aes().
std::uint64_t aes_table_hash(const HashKey& key, const HashWords& words);
bool has_aes();

/// SipHash-1-3 of some words: half the rounds of SipHash-2-4, as in the tables of Linux
/// (hsiphash(), Documentation/security/siphash.rst).
template <std::size_t number_of_words>
constexpr std::uint64_t sip_table_hash(const HashKey& key,
                                       const std::array<std::uint64_t, number_of_words>& words) {
  SipState<1, 3> state(key);
  for (const std::uint64_t word : words) state.absorb(word);
  return state.finish(std::uint64_t{8 * number_of_words} << 56);
}

}  // namespace apiary
