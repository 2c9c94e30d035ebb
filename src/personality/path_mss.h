#pragma once

#include <cstdint>
#include <string_view>

#include "personality/fingerprint.h"

namespace apiary {

inline constexpr std::uint16_t ethernet_mss = 1460;  // without IP and TCP headers

/// Whether an MSS in a fingerprint of `family` shows the path between the scanner and the
/// system, not the system: loopback, jumbo frames, or a tunnel. Systems for general purposes
/// compute it from the MTU of the link, so each of their values near Ethernet's is of a path. Small
/// machines may have a constant; of them, only values below those constants are.
bool is_of_the_submitters_path(std::string_view family, std::uint16_t mss);

/// The window that a system with `window` on a link with the MSS `from` has on one with the MSS
/// `to`: as many segments, with or without timestamps. The same if it is no number of segments.
std::uint16_t window_at_mss(std::uint16_t window, std::uint16_t from, std::uint16_t to);

/// Whether the system's replies to Nmap say the MSS of Ethernet, or one that is its own.
bool fits_ethernet(const Fingerprint& fingerprint);

}  // namespace apiary
