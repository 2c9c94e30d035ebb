#include "tcp/out_of_order.h"

#include <algorithm>

namespace apiary {

void OutOfOrder::store(SeqNumber start, Bytes bytes) {
  const SeqNumber end = start + static_cast<std::uint32_t>(bytes.size());
  SeqNumber at = start;
  // Fill the gaps between the pieces that [start, end) spans.
  for (std::size_t i = 0; at.is_before(end) && pieces_.size() < max_pieces;) {
    while (i < pieces_.size() && !pieces_[i].end().is_after(at)) ++i;
    const bool inside = i < pieces_.size() && !pieces_[i].start.is_after(at);
    if (inside) {
      at = pieces_[i].end();
      continue;
    }
    const SeqNumber gap_end =
        i < pieces_.size() && pieces_[i].start.is_before(end) ? pieces_[i].start : end;
    const Bytes part = bytes.subspan(static_cast<std::size_t>(at.offset_from(start)),
                                     static_cast<std::size_t>(gap_end.offset_from(at)));
    pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(i),
                   Piece{at, {part.begin(), part.end()}});
    cost_bytes_ += part.size() + cost_per_piece_bytes;
    at = gap_end;
  }
  most_recent_ = start;
}

std::optional<std::vector<std::uint8_t>> OutOfOrder::take(SeqNumber next) {
  if (pieces_.empty() || pieces_.front().start.is_after(next)) return {};
  std::vector<std::uint8_t> bytes = std::move(pieces_.front().bytes);
  const SeqNumber start = pieces_.front().start;
  cost_bytes_ -= bytes.size() + cost_per_piece_bytes;
  pieces_.erase(pieces_.begin());
  if (pieces_.empty()) pieces_ = {};
  const auto known =
      std::min<std::size_t>(static_cast<std::size_t>(next.offset_from(start)), bytes.size());
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(known));
  return bytes;
}

std::size_t OutOfOrder::sack_blocks(std::span<SackBlock> blocks) const {
  std::vector<SackBlock> merged;
  for (const Piece& piece : pieces_) {
    if (!merged.empty() && merged.back().end == piece.start) {
      merged.back().end = piece.end();
    } else {
      merged.push_back({piece.start, piece.end()});
    }
  }
  const auto recent = std::find_if(merged.begin(), merged.end(), [&](const SackBlock& block) {
    return !most_recent_.is_before(block.start) && most_recent_.is_before(block.end);
  });
  if (recent != merged.end()) std::rotate(merged.begin(), recent, recent + 1);
  const std::size_t count = std::min(blocks.size(), merged.size());
  std::copy_n(merged.begin(), count, blocks.begin());
  return count;
}

}  // namespace apiary
