#pragma once

#include <cstdint>
#include <functional>

#include "base/address.h"

namespace apiary {

/// One of the engines that share the addresses, each on a thread of its own.
struct ShardId {
  std::uint8_t value = 0;
  bool operator==(const ShardId&) const = default;
};

/// A conversation with a service. An engine uses each value once. Zero stands for no conversation.
///
/// From the top: two bits for the transport (1 TCP, 2 UDP), eight for the shard, the rest is a
/// number that the transport's table chooses. So no two tables make the same value, and none makes
/// zero.
struct SessionId {
  std::uint64_t value = 0;
  bool operator==(const SessionId&) const = default;
};

inline constexpr unsigned session_number_bits = 54, shard_bits = 8;

/// `transport` is TCP or UDP. Of `number`, the lowest `session_number_bits` count.
constexpr SessionId make_session_id(IpProtocol transport, ShardId shard, std::uint64_t number) {
  const std::uint64_t table = transport == IpProtocol::udp ? 2 : 1;
  const std::uint64_t mask = (std::uint64_t{1} << session_number_bits) - 1;
  return {table << (session_number_bits + shard_bits) |
          std::uint64_t{shard.value} << session_number_bits | (number & mask)};
}

/// Whether it is a conversation over TCP, so that bytes have no boundaries.
constexpr bool is_stream(SessionId session) {
  return session.value >> (session_number_bits + shard_bits) == 1;
}

constexpr ShardId shard_of(SessionId session) {
  return {static_cast<std::uint8_t>(session.value >> session_number_bits)};
}

constexpr std::uint64_t number_of(SessionId session) {
  return session.value & ((std::uint64_t{1} << session_number_bits) - 1);
}

}  // namespace apiary

template <>
struct std::hash<apiary::SessionId> {
  std::size_t operator()(const apiary::SessionId& id) const noexcept { return id.value; }
};
