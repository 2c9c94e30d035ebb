#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace apiary {

/// The CRC-32 of Ethernet and zip (ISO 3309), with which Nmap describes a reset's payload.
std::uint32_t crc32(Bytes bytes);

/// A payload whose CRC-32 is `crc`: the known text of a real system, else four computed bytes.
/// Empty for 0.
std::string text_with_crc32(std::uint32_t crc);

}  // namespace apiary
