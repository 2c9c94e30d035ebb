#pragma once

#include <array>
#include <concepts>
#include <cstdint>

namespace apiary {

/// An unsigned integer in network byte order, aligned to one byte.
template <std::unsigned_integral T>
class BigEndian {
 public:
  constexpr BigEndian() = default;
  constexpr BigEndian(
      T value) {  // NOLINT: implicit on purpose, so that fields are assigned plainly
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bytes_[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - i)));
  }
  constexpr operator T() const {  // NOLINT: implicit on purpose
    T value = 0;
    for (const std::uint8_t byte : bytes_) value = static_cast<T>((value << 8) | byte);
    return value;
  }

 private:
  std::array<std::uint8_t, sizeof(T)> bytes_{};
};

constexpr std::uint16_t byte_swapped(std::uint16_t value) {
  return static_cast<std::uint16_t>(value << 8 | value >> 8);
}

static_assert(sizeof(BigEndian<std::uint32_t>) == 4 && alignof(BigEndian<std::uint32_t>) == 1);

}  // namespace apiary
