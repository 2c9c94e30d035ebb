#include "tcp/scoreboard.h"

#include <algorithm>

namespace apiary {

void Scoreboard::note(std::span<const SackBlock> blocks, SeqNumber unacknowledged, SeqNumber next) {
  for (const SackBlock& block : blocks) {
    // A block at or below the acknowledgment reports a duplicate (RFC 2883).
    if (block.start.is_after(unacknowledged) && block.end.is_after(block.start) &&
        !block.end.is_after(next))
      insert(block);
  }
}

void Scoreboard::insert(SackBlock block) {
  const auto from = std::partition_point(
      ranges_.begin(), ranges_.end(),
      [&](const SackBlock& range) { return range.end.is_before(block.start); });
  auto to = from;
  for (; to != ranges_.end() && !to->start.is_after(block.end); ++to) {
    if (to->start.is_before(block.start)) block.start = to->start;
    if (to->end.is_after(block.end)) block.end = to->end;
  }
  if (from == to && ranges_.size() >= max_ranges) return;
  ranges_.insert(ranges_.erase(from, to), block);
}

void Scoreboard::forget_before(SeqNumber unacknowledged) {
  const auto first = std::partition_point(
      ranges_.begin(), ranges_.end(),
      [&](const SackBlock& range) { return !range.end.is_after(unacknowledged); });
  ranges_.erase(ranges_.begin(), first);
  // If a range begins at or before it, the receiver discarded bytes that it had acknowledged
  // selectively.
  if (!ranges_.empty() && !ranges_.front().start.is_after(unacknowledged)) clear();
  if (ranges_.empty()) ranges_ = {};
}

std::uint32_t Scoreboard::held_bytes() const {
  std::uint32_t bytes = 0;
  for (const SackBlock& range : ranges_) bytes += range.end.value - range.start.value;
  return bytes;
}

SackBlock Scoreboard::hole_after(SeqNumber from) const {
  for (const SackBlock& range : ranges_) {
    if (from.is_before(range.start)) return {from, range.start};
    if (from.is_before(range.end)) from = range.end;
  }
  return {from, from};
}

std::uint32_t Scoreboard::missing_bytes(SeqNumber from, SeqNumber to) const {
  std::uint32_t bytes = 0;
  while (from.is_before(to)) {
    const SackBlock hole = hole_after(from);
    if (hole.start == hole.end || !hole.start.is_before(to)) break;
    const SeqNumber end = hole.end.is_before(to) ? hole.end : to;
    bytes += end.value - hole.start.value;
    from = hole.end;
  }
  return bytes;
}

}  // namespace apiary
