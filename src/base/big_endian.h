#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>

namespace apiary {

/// `value` with its bytes in the opposite order.
template <std::unsigned_integral T>
constexpr T byte_swapped(T value) {
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
  return value;
}

/// From the order of this machine to that of the network, or back.
template <std::unsigned_integral T>
constexpr T in_network_order(T value) {
  return std::endian::native == std::endian::little ? byte_swapped(value) : value;
}

/// An unsigned integer in network byte order, aligned to one byte.
template <std::unsigned_integral T>
class BigEndian {
 public:
  constexpr BigEndian() = default;
  constexpr BigEndian(T value)  // NOLINT: implicit on purpose, so that fields are assigned plainly
      : bytes_(std::bit_cast<ByteArray>(in_network_order(value))) {}
  constexpr operator T() const {  // NOLINT: implicit on purpose
    return in_network_order(std::bit_cast<T>(bytes_));
  }

 private:
  using ByteArray = std::array<std::uint8_t, sizeof(T)>;
  ByteArray bytes_{};
};

static_assert(sizeof(BigEndian<std::uint32_t>) == 4 && alignof(BigEndian<std::uint32_t>) == 1);

}  // namespace apiary
