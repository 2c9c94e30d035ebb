#include "tcp/half_open_table.h"

#include <algorithm>
#include <utility>

#include "base/prefetch.h"

namespace apiary {
namespace {

// A smaller table is in the processor's cache anyway.
constexpr std::size_t worth_prefetching = 4096;

}  // namespace

bool HalfOpenTable::add(const HalfOpen& one, const HostTemplatePtr& host_template,
                        const Egress& exit) {
  constexpr std::uint32_t last_template = (1 << 20) - 1, last_system = (1 << 12) - 1;
  const FlowKey& flow = one.flow;
  if (!flow.remote.address.is_v4() || one.visitor_system.number > last_system || !slots_.has_room())
    return false;
  const auto taken_exit = exits_.add_user(exit);
  if (!taken_exit) return false;
  Pin<HostTemplate>& pin = templates_.add_user(host_template);
  if (pin.index > last_template) {
    templates_.remove_user(pin);
    exits_.remove_user(*taken_exit);
    return false;
  }
  const std::uint32_t at = slots_.take();
  Slot& slot = slots_[at];
  slot = {.visitor = flow.remote.address.v4_value(),
          .host = flow.local.address.v4_value(),
          .visitor_port = flow.remote.port.number,
          .host_port = flow.local.port.number,
          .visitor_isn = one.visitor_isn,
          .isn = one.isn,
          .visitor_timestamp = one.visitor_timestamp,
          .syn = one.syn,
          .host_template = pin.index & last_template,
          .visitor_system = std::uint32_t{one.visitor_system.number} & last_system,
          .exit = *taken_exit & 0xff,
          .retransmissions = std::uint32_t{one.retransmissions} & 15,
          .syns = std::uint32_t{one.syns} & 7,
          .is_live = 1};
  if (one.timestamp_offset != 0) timestamp_offsets_.insert_or_assign(at, one.timestamp_offset);
  if (buckets_.size() <= size_) add_bucket();
  std::uint32_t& bucket = buckets_.of(hash_of(slot));
  slot.next_in_bucket = std::exchange(bucket, at) & none;
  ++size_;
  enqueue(at, one.sent);
  return true;
}

/// REQUIRES: there is a bucket, and the flow is one of IPv4.
const std::uint32_t& HalfOpenTable::bucket_of(const FlowKey& flow) const {
  return buckets_.of(hash_of(flow.remote.address.v4_value(), flow.local.address.v4_value(),
                             flow.remote.port.number, flow.local.port.number));
}

std::uint32_t HalfOpenTable::find(const FlowKey& flow) const {
  if (size_ == 0 || !flow.remote.address.is_v4()) return none;
  const std::uint32_t visitor = flow.remote.address.v4_value(),
                      host = flow.local.address.v4_value();
  const std::uint16_t visitor_port = flow.remote.port.number, host_port = flow.local.port.number;
  for (std::uint32_t at = bucket_of(flow); at != none; at = slots_[at].next_in_bucket) {
    const Slot& slot = slots_[at];
    if (slot.visitor == visitor && slot.host == host && slot.visitor_port == visitor_port &&
        slot.host_port == host_port)
      return at;
  }
  return none;
}

void HalfOpenTable::prefetch_bucket(const FlowKey& flow) const {
  if (size_ < worth_prefetching || !flow.remote.address.is_v4()) return;
  prefetch(bucket_of(flow));
}

void HalfOpenTable::prefetch_entry(const FlowKey& flow) const {
  if (size_ < worth_prefetching || !flow.remote.address.is_v4()) return;
  if (const std::uint32_t first = bucket_of(flow); first != none) prefetch(slots_[first]);
}

void HalfOpenTable::remove(std::uint32_t slot) {
  Slot& gone = slots_[slot];
  std::uint32_t& bucket = buckets_.of(hash_of(gone));
  if (bucket == slot) {
    bucket = gone.next_in_bucket;
  } else {
    std::uint32_t before = bucket;
    while (slots_[before].next_in_bucket != slot) before = slots_[before].next_in_bucket;
    slots_[before].next_in_bucket = gone.next_in_bucket;
  }
  templates_.remove_user(templates_.at(gone.host_template));
  exits_.remove_user(gone.exit);
  if (!timestamp_offsets_.empty()) timestamp_offsets_.erase(slot);
  gone.is_live = 0;
  --size_;
}

HalfOpen HalfOpenTable::at(std::uint32_t slot) const {
  const Slot& s = slots_[slot];
  const auto offset = timestamp_offsets_.find(slot);
  return {.flow = {{IpAddress::v4(s.visitor), {s.visitor_port}},
                   {IpAddress::v4(s.host), {s.host_port}},
                   IpProtocol::tcp},
          .visitor_isn = s.visitor_isn,
          .isn = s.isn,
          .syn = s.syn,
          .visitor_timestamp = s.visitor_timestamp,
          .timestamp_offset = offset == timestamp_offsets_.end() ? 0 : offset->second,
          .visitor_system = {static_cast<std::uint16_t>(s.visitor_system)},
          .retransmissions = static_cast<std::uint8_t>(s.retransmissions),
          .syns = static_cast<std::uint8_t>(s.syns),
          .sent = instant_of(s.due) - wait_of(s, rule_of(s))};
}

void HalfOpenTable::count_syn(std::uint32_t slot) {
  constexpr std::uint32_t most = 7;
  Slot& s = slots_[slot];
  if (s.syns < most) ++s.syns;
}

std::uint32_t HalfOpenTable::oldest() {
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

std::uint32_t HalfOpenTable::take_due(Instant now) {
  if (now < next_due_) return none;
  Instant earliest = Instant::max();
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    while (queues_[i].first != none && instant_of(queues_[i].first_due) <= now) {
      if (!has_live_first(queues_[i])) continue;
      const std::uint32_t at = queues_[i].first;
      take_first(queues_[i]);
      ++slots_[at].retransmissions;
      due_queue_ = i;
      enqueue(at, now);
      return at;
    }
    if (queues_[i].first != none) earliest = std::min(earliest, instant_of(queues_[i].first_due));
  }
  next_due_ = earliest;
  return none;
}

std::optional<IpAddress> HalfOpenTable::host_due_after(std::size_t others) const {
  if (due_queue_ >= queues_.size()) return {};
  std::uint32_t at = queues_[due_queue_].first;
  for (; at != none && others > 0; --others) at = slots_[at].next_in_queue;
  return at == none ? std::nullopt : std::optional(IpAddress::v4(slots_[at].host));
}

Instant HalfOpenTable::instant_of(Ticks ticks) const {
  const std::int64_t last = now_.time_since_epoch() / tick;
  const auto ahead = static_cast<std::int32_t>(ticks - static_cast<Ticks>(last));
  return Instant{(last + ahead) * tick};
}

std::uint64_t HalfOpenTable::hash_of(std::uint32_t visitor, std::uint32_t host,
                                     std::uint16_t visitor_port, std::uint16_t host_port) const {
  return table_hash(hash_key_, {std::uint64_t{visitor} << 32 | host,
                                std::uint64_t{visitor_port} << 16 | host_port});
}

/// Moves the entries of the split bucket that belong to the new one.
void HalfOpenTable::add_bucket() {
  std::uint32_t* const split = buckets_.grow();
  if (split == nullptr) return;
  std::uint32_t at = std::exchange(*split, none);
  while (at != none) {
    Slot& slot = slots_[at];
    std::uint32_t& bucket = buckets_.of(hash_of(slot));
    const std::uint32_t next = slot.next_in_bucket;
    slot.next_in_bucket = std::exchange(bucket, at) & none;
    at = next;
  }
  if (const std::uint32_t* const next = buckets_.next_split(); next != nullptr && *next != none)
    prefetch(slots_[*next]);
}

HalfOpenTable::Queue& HalfOpenTable::queue_for(const RetransmissionRule& rule,
                                               int retransmissions) {
  const Duration wait = syn_ack_wait(rule, retransmissions);
  Duration before{};
  for (int i = 0; i < retransmissions; ++i) before += syn_ack_wait(rule, i);
  const auto found = std::ranges::find_if(
      queues_, [&](const Queue& queue) { return queue.wait == wait && queue.before == before; });
  return found != queues_.end() ? *found : queues_.emplace_back(Queue{wait, before});
}

void HalfOpenTable::enqueue(std::uint32_t slot, Instant sent) {
  now_ = sent;
  Slot& s = slots_[slot];
  Queue& queue = queue_for(rule_of(s), static_cast<int>(s.retransmissions));
  s.due = ticks_of(sent + wait_of(s, rule_of(s)));
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

/// The first entry leaves its queue.
void HalfOpenTable::take_first(Queue& queue) {
  queue.first = slots_[queue.first].next_in_queue;
  if (queue.first != none) queue.first_due = slots_[queue.first].due;
}

/// Whether the first entry is one that was not removed; else frees its slot. REQUIRES: there is
/// one.
bool HalfOpenTable::has_live_first(Queue& queue) {
  const std::uint32_t first = queue.first;
  if (slots_[first].is_live != 0) return true;
  take_first(queue);
  slots_.give_back(first);
  return false;
}

}  // namespace apiary
