#pragma once

#include <cstdint>

#include "personality/personality.h"

namespace apiary {

/// The first IP ID. Counters that grow fast start low, so that they do not wrap around soon.
std::uint16_t first_id(const IpIdRule& rule, std::uint64_t bits);

/// The counter that shows `id`.
std::uint16_t counter_for(const IpIdRule& rule, std::uint16_t id);

/// Whether the next few steps of a counter would make it wrap around.
bool is_near_wrap(const IpIdRule& rule, std::uint16_t id);

/// A step of RI: Nmap expects more than a thousand, and no multiple of 256.
std::uint16_t random_positive_step(std::uint64_t bits);

}  // namespace apiary
