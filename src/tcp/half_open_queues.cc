#include "tcp/half_open_queues.h"

#include <algorithm>

#include "base/prefetch.h"

namespace apiary {

void HalfOpenQueues::add(std::uint32_t slot, const RetransmissionRule& rule, Instant sent) {
  now_ = sent;
  HalfOpenSlot& s = slots_[slot];
  Queue& queue = queue_for(rule, static_cast<int>(s.retransmissions));
  s.due = ticks_of(sent + wait_of(s, rule));
  next_due_ = std::min(next_due_, instant_of(s.due));
  s.next_in_queue = none;
  if (queue.first == none) {
    queue.first = slot;
    queue.first_due = s.due;
  } else {
    slots_[queue.last].next_in_queue = slot & none;
  }
  queue.last = slot;
}

std::uint32_t HalfOpenQueues::oldest() {
  const auto now = static_cast<Ticks>(now_.time_since_epoch() / tick);
  for (;;) {
    Queue* found = nullptr;
    Duration greatest = Duration::min();
    for (Queue& queue : queues_) {
      if (queue.first == none) continue;
      const Duration age =
          static_cast<std::int32_t>(now - queue.first_due) * tick + queue.wait + queue.before;
      if (age <= greatest) continue;
      greatest = age;
      found = &queue;
    }
    if (found == nullptr) return none;
    if (!has_live_first(*found)) continue;
    // The next call reads the next entry.
    if (const std::uint32_t next = slots_[found->first].next_in_queue; next != none)
      prefetch(slots_[next]);
    return found->first;
  }
}

std::uint32_t HalfOpenQueues::take_due(Instant now) {
  if (now < next_due_) return none;
  Instant earliest = Instant::max();
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    while (queues_[i].first != none && instant_of(queues_[i].first_due) <= now) {
      if (!has_live_first(queues_[i])) continue;
      const std::uint32_t at = queues_[i].first;
      take_first(queues_[i]);
      due_queue_ = i;
      return at;
    }
    if (queues_[i].first != none) earliest = std::min(earliest, instant_of(queues_[i].first_due));
  }
  next_due_ = earliest;
  return none;
}

std::optional<IpAddress> HalfOpenQueues::host_due_after(std::size_t others) const {
  if (due_queue_ >= queues_.size()) return {};
  std::uint32_t at = queues_[due_queue_].first;
  for (; at != none && others > 0; --others) at = slots_[at].next_in_queue;
  return at == none ? std::nullopt : std::optional(IpAddress::v4(slots_[at].host));
}

Instant HalfOpenQueues::instant_of(Ticks ticks) const {
  const std::int64_t last = now_.time_since_epoch() / tick;
  const auto ahead = static_cast<std::int32_t>(ticks - static_cast<Ticks>(last));
  return Instant{(last + ahead) * tick};
}

HalfOpenQueues::Queue& HalfOpenQueues::queue_for(const RetransmissionRule& rule,
                                                 int retransmissions) {
  const Duration wait = syn_ack_wait(rule, retransmissions);
  Duration before{};
  for (int i = 0; i < retransmissions; ++i) before += syn_ack_wait(rule, i);
  const auto found = std::ranges::find_if(
      queues_, [&](const Queue& queue) { return queue.wait == wait && queue.before == before; });
  return found != queues_.end() ? *found : queues_.emplace_back(Queue{wait, before});
}

/// The first entry leaves its queue.
void HalfOpenQueues::take_first(Queue& queue) {
  queue.first = slots_[queue.first].next_in_queue;
  if (queue.first != none) queue.first_due = slots_[queue.first].due;
}

/// Whether the first entry is one that was not removed; else frees its slot. REQUIRES: there is
/// one.
bool HalfOpenQueues::has_live_first(Queue& queue) {
  const std::uint32_t first = queue.first;
  if (slots_[first].is_live != 0) return true;
  take_first(queue);
  slots_.give_back(first);
  return false;
}

}  // namespace apiary
