#pragma once

#include <array>
#include <cstdint>
#include <numeric>

#include "telemetry/drop_reason.h"
#include "wire/frame_protocol.h"

namespace apiary {

/// Frames that went one way, by FrameProtocol.
struct Traffic {
  std::array<std::uint64_t, static_cast<std::size_t>(FrameProtocol::count_)> packets{}, bytes{};

  void count(FrameProtocol protocol, std::size_t size_bytes) {
    ++packets[static_cast<std::size_t>(protocol)];
    bytes[static_cast<std::size_t>(protocol)] += size_bytes;
  }
  void add(const Traffic& other) {
    for (std::size_t i = 0; i < packets.size(); ++i) {
      packets[i] += other.packets[i];
      bytes[i] += other.bytes[i];
    }
  }
  std::uint64_t all_packets() const {
    return std::accumulate(packets.begin(), packets.end(), std::uint64_t{0});
  }
  std::uint64_t all_bytes() const {
    return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
  }
};

/// The counters of an engine since its start.
struct Counters {
  Traffic received, sent;
  std::array<std::uint64_t, static_cast<std::size_t>(DropReason::count_)> drops{};
  std::uint64_t all_drops = 0;
  DropReason last_drop = DropReason::count_;  // count_: none yet

  void count(DropReason reason) {
    ++drops[static_cast<std::size_t>(reason)];
    ++all_drops;
    last_drop = reason;
  }
  /// Adds what another engine has counted. Keeps `last_drop`.
  void add(const Counters& other) {
    received.add(other.received);
    sent.add(other.sent);
    for (std::size_t i = 0; i < drops.size(); ++i) drops[i] += other.drops[i];
    all_drops += other.all_drops;
  }
  std::uint64_t of(DropReason reason) const { return drops[static_cast<std::size_t>(reason)]; }
};

}  // namespace apiary
