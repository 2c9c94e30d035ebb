#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/numbers.h"
#include "wire/tcp_options.h"

namespace apiary {

/// Received bytes that wait for those before them. Whoever came first counts: what is stored is
/// never replaced.
class OutOfOrder {
 public:
  bool empty() const { return pieces_.empty(); }
  /// What it costs to hold, bookkeeping included.
  std::size_t cost_bytes() const { return cost_bytes_; }

  /// Keeps what is new of `bytes`, which start at `start`; of more than `max_pieces` pieces the
  /// visitor will have to send the rest again.
  /// REQUIRES: start lies after the next expected number, within half of the sequence space.
  void store(SeqNumber start, Bytes bytes);

  /// Takes the piece that reaches or passes `next`; nothing when the first lies beyond it. The
  /// bytes before `next` are left away; the result may then be empty.
  std::optional<std::vector<std::uint8_t>> take(SeqNumber next);

  /// What is held, most recent first (RFC 2018 section 4), adjacent pieces as one block. Returns
  /// how many blocks were written.
  std::size_t sack_blocks(std::span<SackBlock> blocks) const;

 private:
  struct Piece {
    SeqNumber start;
    std::vector<std::uint8_t> bytes;
    SeqNumber end() const { return start + static_cast<std::uint32_t>(bytes.size()); }
  };

  static constexpr std::size_t max_pieces = 512;  // keeps a look through them short
  static constexpr std::size_t cost_per_piece_bytes = sizeof(Piece) + 32;

  std::vector<Piece> pieces_;  // in order, apart or adjacent, never overlapping
  std::size_t cost_bytes_ = 0;
  SeqNumber most_recent_;  // where the piece that came last starts
};

}  // namespace apiary
