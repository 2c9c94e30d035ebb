#pragma once

#include <cstdint>

#include "base/random.h"

namespace apiary {

/// The endpoints of a connection of a host, as numbers to be hashed.
struct Endpoints {
  std::uint64_t visitor = 0;  // of its address
  std::uint32_t ports = 0;    // its port and that of the host

  std::uint64_t number() const { return visitor ^ mix_bits(ports); }
  /// Bits that differ for successive ports of a visitor.
  std::uint8_t some_bits() const {
    return static_cast<std::uint8_t>(ports >> 16 ^ ports ^ visitor);
  }
};

}  // namespace apiary
