#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/numbers.h"
#include "wire/tcp_options.h"

namespace apiary {

/// What the visitor says it holds of the bytes under way, out of order (RFC 2018), and what that
/// means for the rest (RFC 6675). At most max_ranges ranges: what is not noted is merely sent
/// again.
class Scoreboard {
 public:
  static constexpr std::size_t max_ranges = 64;

  /// Notes the blocks of an acknowledgment, those that lie in (unacknowledged, next].
  void note(std::span<const SackBlock> blocks, SeqNumber unacknowledged, SeqNumber next);
  /// All before `unacknowledged` has arrived.
  void forget_before(SeqNumber unacknowledged);
  void clear() { ranges_ = {}; }

  bool empty() const { return ranges_.empty(); }
  /// How much it holds.
  std::uint32_t held_bytes() const;
  /// The bytes that are missing and not held, at or after `from`: the first hole below the highest
  /// range. Its start equals its end when there is none.
  SackBlock hole_after(SeqNumber from) const;
  /// Bytes missing in [from, to).
  std::uint32_t missing_bytes(SeqNumber from, SeqNumber to) const;
  /// Where what is held ends. REQUIRES: !empty().
  SeqNumber highest() const { return ranges_.back().end; }

 private:
  void insert(SackBlock block);

  std::vector<SackBlock> ranges_;  // in order, apart
};

}  // namespace apiary
