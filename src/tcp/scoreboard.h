#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/numbers.h"
#include "wire/tcp_options.h"

namespace apiary {

/// The ranges in flight that the visitor acknowledged selectively (RFC 2018), and the holes between
/// them (RFC 6675). Keeps at most max_ranges ranges; bytes of others are retransmitted.
class Scoreboard {
 public:
  static constexpr std::size_t max_ranges = 64;

  /// Adds the blocks of an acknowledgment that lie in (unacknowledged, next].
  void note(std::span<const SackBlock> blocks, SeqNumber unacknowledged, SeqNumber next);
  /// All bytes before `unacknowledged` are acknowledged.
  void forget_before(SeqNumber unacknowledged);
  void clear() { ranges_ = {}; }

  bool empty() const { return ranges_.empty(); }
  /// The number of selectively acknowledged bytes.
  std::uint32_t held_bytes() const;
  /// The first hole at or after `from`, below the highest range. Its start equals its end if there
  /// is none.
  SackBlock hole_after(SeqNumber from) const;
  /// Bytes missing in [from, to).
  std::uint32_t missing_bytes(SeqNumber from, SeqNumber to) const;
  /// The end of the highest range. REQUIRES: !empty().
  SeqNumber highest() const { return ranges_.back().end; }

 private:
  void insert(SackBlock block);

  std::vector<SackBlock> ranges_;  // in order, apart
};

}  // namespace apiary
