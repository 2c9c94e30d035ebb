#include "honeynet/nic_profile.h"

namespace apiary {
namespace {

/// A permutation of 24-bit numbers: a Feistel network with round keys from `seed`.
std::uint32_t shuffle(std::uint32_t value, std::uint64_t seed) {
  constexpr std::uint32_t half_mask = 0xfff;
  std::uint32_t left = value >> 12 & half_mask, right = value & half_mask;
  for (std::uint64_t round = 0; round < 4; ++round) {
    const auto mixed = static_cast<std::uint32_t>(mix_bits(seed ^ (round << 32 | right)));
    const std::uint32_t next = left ^ (mixed & half_mask);
    left = right;
    right = next;
  }
  return left << 12 | right;
}

}  // namespace

MacAddress mac_address(const NicProfile& nic, const IpAddress& host, const HashKey& key) {
  if (nic.address) return *nic.address;
  constexpr std::string_view about_prefixes = "card maker", about_numbers = "card number";
  const std::uint32_t value = host.v4_value();
  const std::uint64_t chance = mix_bits(keyed_hash(key, as_bytes(about_prefixes)) ^ value);
  const Oui& prefix = nic.prefixes[chance % nic.prefixes.size()];
  const std::uint64_t seed =
      mix_bits(keyed_hash(key, as_bytes(about_numbers)) ^ std::uint64_t{value >> 24} << 32);
  const std::uint32_t number = shuffle(value & 0xffffff, seed);
  return {{prefix[0], prefix[1], prefix[2], static_cast<std::uint8_t>(number >> 16),
           static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)}};
}

}  // namespace apiary
