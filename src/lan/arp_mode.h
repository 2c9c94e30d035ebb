#pragma once

#include <cstdint>

namespace apiary {

/// Whether ARP requests for claimed addresses are answered.
enum class ArpMode : std::uint8_t {
  ask_first,  // when no real machine on the link answers for the address
  force,      // always
  off,        // never
};

}  // namespace apiary
