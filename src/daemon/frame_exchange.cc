#include "daemon/frame_exchange.h"

#include <utility>

namespace apiary {

FrameExchange::FrameExchange(std::vector<Wakeup*> wakeups) : wakeups_(std::move(wakeups)) {
  for (std::size_t i = 0; i < wakeups_.size() * wakeups_.size(); ++i)
    lanes_.push_back(std::make_unique<Lane>());
}

bool FrameExchange::add(std::size_t from, std::size_t to, const Entry& entry) {
  Lane& lane = lane_of(from, to);
  Batch* const batch = lane.ring.free_slot();
  if (batch == nullptr) return false;
  if (!std::exchange(lane.is_filling, true)) {
    batch->entries.clear();
    batch->bytes.clear();
  }
  batch->entries.push_back(entry);
  batch->entries.back().frame.bytes = batch->bytes.copy(entry.frame.bytes);
  if (batch->entries.size() == batch_frames) push(lane, to);
  return true;
}

void FrameExchange::flush(std::size_t from) {
  for (std::size_t to = 0; to < wakeups_.size(); ++to)
    if (Lane& lane = lane_of(from, to); lane.is_filling) push(lane, to);
}

void FrameExchange::push(Lane& lane, std::size_t to) {
  lane.is_filling = false;
  lane.ring.push();
  wakeups_[to]->wake();
}

bool FrameExchange::has_frames(std::size_t to) {
  for (std::size_t from = 0; from < wakeups_.size(); ++from)
    if (lane_of(from, to).ring.front() != nullptr) return true;
  return false;
}

}  // namespace apiary
