#pragma once

#include <array>
#include <cstring>

#include "base/address.h"
#include "base/keyed_hash.h"

namespace apiary {

/// Hashes flows and addresses with a secret, since attackers choose the keys.
struct FlowHash {
  HashKey key;

  std::size_t operator()(const FlowKey& flow) const noexcept {
    std::array<std::uint8_t, 37> bytes;
    std::memcpy(bytes.data(), flow.remote.address.bytes().data(), 16);
    std::memcpy(bytes.data() + 16, flow.local.address.bytes().data(), 16);
    std::memcpy(bytes.data() + 32, &flow.remote.port.number, 2);
    std::memcpy(bytes.data() + 34, &flow.local.port.number, 2);
    bytes[36] = static_cast<std::uint8_t>(flow.protocol);
    return keyed_hash(key, bytes);
  }
  std::size_t operator()(const IpAddress& address) const noexcept {
    return keyed_hash(key, address.bytes());
  }
};

}  // namespace apiary
