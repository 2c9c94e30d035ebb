#include "base/table_hash.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace apiary {

#ifdef __x86_64__

bool has_aes() {
  static const bool has = __builtin_cpu_supports("aes") != 0;
  return has;
}

[[gnu::target("aes")]] std::uint64_t aes_table_hash(const HashKey& key, const HashWords& words) {
  const auto block = [](std::uint64_t low, std::uint64_t high) {
    return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
  };
  const __m128i secret = block(key.low, key.high);
  __m128i state = _mm_xor_si128(block(words[0], words[1]), secret);
  for (int i = 0; i < 3; ++i) state = _mm_aesenc_si128(state, secret);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(state));
}

#else

bool has_aes() { return false; }

std::uint64_t aes_table_hash(const HashKey& key, const HashWords& words) {
  return sip_table_hash(key, words);
}

#endif

std::uint64_t table_hash(const HashKey& key, const HashWords& words) {
  return has_aes() ? aes_table_hash(key, words) : sip_table_hash(key, words);
}

}  // namespace apiary
