/// wire/: parses and emits packets, one pair of files for each protocol. A wire struct (namespace
/// wire) has the layout of its RFC; a parsed struct has its values in host terms and keeps every
/// oddity, since replies depend on them. Nothing here makes decisions.
#pragma once

#include <cstring>
#include <type_traits>

#include "base/big_endian.h"
#include "base/bytes.h"

namespace apiary::wire {

/// Copies the header from the front of `bytes`. REQUIRES: bytes.size() >= sizeof(Header).
template <class Header>
requires std::is_trivially_copyable_v<Header> &&(alignof(Header) == 1) Header read(Bytes bytes) {
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

/// Copies `header` to the front of `target`. REQUIRES: target.size() >= sizeof(Header).
template <class Header>
requires std::is_trivially_copyable_v<Header> &&
    (alignof(Header) == 1) void write(const Header& header, std::span<std::uint8_t> target) {
  std::memcpy(target.data(), &header, sizeof header);
}

}  // namespace apiary::wire
