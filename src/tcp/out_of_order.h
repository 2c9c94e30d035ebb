#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/numbers.h"
#include "wire/tcp_options.h"

namespace apiary {

/// Received bytes that wait for earlier ones. The first copy counts: later ones never replace
/// stored bytes.
class OutOfOrder {
 public:
  bool empty() const { return pieces_.empty(); }
  /// The memory that it uses, with bookkeeping.
  std::size_t cost_bytes() const { return cost_bytes_; }

  /// Stores the new part of `bytes`, which start at `start`. Drops what exceeds `max_pieces`
  /// pieces: the visitor retransmits it. REQUIRES: start lies after the next expected number,
  /// within half of the sequence space.
  void store(SeqNumber start, Bytes bytes);

  /// Whether it has all of the `size` bytes from `start` on.
  bool holds(SeqNumber start, std::size_t size) const;

  /// Takes the piece that reaches or passes `next`, without its bytes before `next`, so that it may
  /// be empty. Returns nothing if the first piece lies beyond `next`.
  std::optional<std::vector<std::uint8_t>> take(SeqNumber next);

  /// Writes the stored ranges as blocks, most recent first (RFC 2018 section 4), adjacent pieces as
  /// one; the ranges that arrived long ago follow in sequence. Returns their number.
  std::size_t sack_blocks(std::span<SackBlock> blocks) const;

 private:
  struct Piece {
    SeqNumber start;
    std::vector<std::uint8_t> bytes;
    SeqNumber end() const { return start + static_cast<std::uint32_t>(bytes.size()); }
  };

  void note_recent(SeqNumber start);

  static constexpr std::size_t max_pieces = 512;  // bounds a search
  static constexpr std::size_t cost_per_piece_bytes = sizeof(Piece) + 32;

  std::vector<Piece> pieces_;  // in order, apart or adjacent, never overlapping
  std::size_t cost_bytes_ = 0;
  std::array<SeqNumber, 4> recent_{};  // starts of the pieces that arrived last, the latest first
  std::size_t recent_count_ = 0;
};

}  // namespace apiary
