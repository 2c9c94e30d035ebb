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
  note_recent(start);
}

bool OutOfOrder::holds(SeqNumber start, std::size_t size) const {
  const SeqNumber end = start + static_cast<std::uint32_t>(size);
  for (const Piece& piece : pieces_) {
    if (start.is_before(piece.start)) return false;
    if (start.is_before(piece.end())) start = piece.end();
    if (!start.is_before(end)) return true;
  }
  return false;
}

void OutOfOrder::note_recent(SeqNumber start) {
  const auto known = std::find(recent_.begin(), recent_.begin() + recent_count_, start);
  if (known == recent_.end()) {
    std::rotate(recent_.begin(), recent_.end() - 1, recent_.end());
  } else {
    if (known == recent_.begin() + recent_count_) ++recent_count_;
    std::rotate(recent_.begin(), known, known + 1);
  }
  recent_.front() = start;
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
  auto rest = merged.begin();
  for (const SeqNumber start : std::span(recent_).first(recent_count_)) {
    const auto block = std::find_if(rest, merged.end(), [&](const SackBlock& one) {
      return !start.is_before(one.start) && start.is_before(one.end);
    });
    if (block == merged.end()) continue;  // delivered, or listed already
    std::rotate(rest, block, block + 1);
    ++rest;
  }
  const std::size_t count = std::min(blocks.size(), merged.size());
  std::copy_n(merged.begin(), count, blocks.begin());
  return count;
}

}  // namespace apiary
