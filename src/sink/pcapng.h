#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "wire/frame.h"

namespace apiary {

// The blocks of a pcapng file (draft-ietf-opsawg-pcapng), in this machine's byte order. Each
// function appends one to `file`.

/// The first block of a file. `program`: the program that writes it.
void append_section_header(std::string& file, std::string_view program);
/// An interface; readers number them from 0 in their order. Times are nanoseconds.
void append_interface(std::string& file, std::string_view name, LinkLayer link_layer);

enum class Direction : std::uint8_t { inward = 1, outward = 2 };

struct CapturedPacket {
  std::uint32_t interface = 0;
  Instant at{};
  Direction direction = Direction::inward;
  Bytes bytes;
  std::string_view comment{};  // UTF-8; empty: none
};
void append_packet(std::string& file, const CapturedPacket& packet);

}  // namespace apiary
