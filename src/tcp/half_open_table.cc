#include "tcp/half_open_table.h"

#include <algorithm>
#include <utility>

namespace apiary {

bool HalfOpenTable::add(const HalfOpen& one, const HostTemplatePtr& host_template,
                        const Egress& exit) {
  constexpr std::uint32_t last_template = (1 << 20) - 1, last_system = (1 << 12) - 1;
  const FlowKey& flow = one.flow;
  if (!flow.remote.address.is_v4() || one.visitor_system.number > last_system || !take_slot())
    return false;
  const auto taken_exit = exits_.add_user(exit);
  if (!taken_exit) return false;
  Pin<HostTemplate>& pin = templates_.add_user(host_template);
  if (pin.index > last_template) {
    templates_.remove_user(pin);
    exits_.remove_user(*taken_exit);
    return false;
  }
  const std::uint32_t at = first_free_;
  Slot& slot = slot_at(at);
  first_free_ = slot.next_in_queue;
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

std::uint32_t HalfOpenTable::find(const FlowKey& flow) const {
  if (size_ == 0 || !flow.remote.address.is_v4()) return none;
  const std::uint32_t visitor = flow.remote.address.v4_value(),
                      host = flow.local.address.v4_value();
  const std::uint16_t visitor_port = flow.remote.port.number, host_port = flow.local.port.number;
  std::uint32_t at = buckets_.of(hash_of(visitor, host, visitor_port, host_port));
  while (at != none) {
    const Slot& slot = slot_at(at);
    if (slot.visitor == visitor && slot.host == host && slot.visitor_port == visitor_port &&
        slot.host_port == host_port)
      return at;
    at = slot.next_in_bucket;
  }
  return none;
}

void HalfOpenTable::remove(std::uint32_t slot) {
  Slot& gone = slot_at(slot);
  std::uint32_t& bucket = buckets_.of(hash_of(gone));
  if (bucket == slot) {
    bucket = gone.next_in_bucket;
  } else {
    std::uint32_t before = bucket;
    while (slot_at(before).next_in_bucket != slot) before = slot_at(before).next_in_bucket;
    slot_at(before).next_in_bucket = gone.next_in_bucket;
  }
  templates_.remove_user(templates_.at(gone.host_template));
  exits_.remove_user(gone.exit);
  if (!timestamp_offsets_.empty()) timestamp_offsets_.erase(slot);
  gone.is_live = 0;
  --size_;
}

HalfOpen HalfOpenTable::at(std::uint32_t slot) const {
  const Slot& s = slot_at(slot);
  const auto offset = timestamp_offsets_.find(slot);
  return {
      .flow = {{IpAddress::v4(s.visitor), {s.visitor_port}},
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
      .sent = instant_of(s.due) - syn_ack_wait(rule_of(s), static_cast<int>(s.retransmissions))};
}

void HalfOpenTable::count_syn(std::uint32_t slot) {
  constexpr std::uint32_t most = 7;
  Slot& s = slot_at(slot);
  if (s.syns < most) ++s.syns;
}

std::uint32_t HalfOpenTable::oldest() {
  std::uint32_t found = none;
  Instant began = Instant::max();
  for (Queue& queue : queues_) {
    free_removed(queue);
    if (queue.first == none) continue;
    const Instant its = instant_of(slot_at(queue.first).due) - queue.wait - queue.before;
    if (its >= began) continue;
    began = its;
    found = queue.first;
  }
  return found;
}

std::uint32_t HalfOpenTable::take_due(Instant now) {
  if (now < next_due_) return none;
  Instant earliest = Instant::max();
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    free_removed(queues_[i]);
    const std::uint32_t at = queues_[i].first;
    if (at == none) continue;
    const Instant due = instant_of(slot_at(at).due);
    earliest = std::min(earliest, due);
    if (due > now) continue;
    Slot& slot = slot_at(at);
    queues_[i].first = slot.next_in_queue;
    ++slot.retransmissions;
    enqueue(at, now);
    return at;
  }
  next_due_ = earliest;
  return none;
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
    Slot& slot = slot_at(at);
    std::uint32_t& bucket = buckets_.of(hash_of(slot));
    const std::uint32_t next = slot.next_in_bucket;
    slot.next_in_bucket = std::exchange(bucket, at) & none;
    at = next;
  }
}

/// Makes first_free_ a free slot. Returns false if there can be no more.
bool HalfOpenTable::take_slot() {
  if (first_free_ != none) return true;
  if (slot_count_ == none) return false;
  if (slot_count_ >> chunk_bits == chunks_.size())
    chunks_.push_back(std::make_unique<std::array<Slot, 1 << chunk_bits>>());
  first_free_ = slot_count_++;
  slot_at(first_free_).next_in_queue = none;
  return true;
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
  Slot& s = slot_at(slot);
  Queue& queue = queue_for(rule_of(s), static_cast<int>(s.retransmissions));
  s.due = ticks_of(sent + queue.wait);
  next_due_ = std::min(next_due_, instant_of(s.due));
  s.next_in_queue = none;
  if (queue.first == none)
    queue.first = slot;
  else
    slot_at(queue.last).next_in_queue = slot & none;
  queue.last = slot;
}

/// Frees the slots of removed entries that have come to the front.
void HalfOpenTable::free_removed(Queue& queue) {
  while (queue.first != none && slot_at(queue.first).is_live == 0) {
    const std::uint32_t next = slot_at(queue.first).next_in_queue;
    slot_at(queue.first).next_in_queue = first_free_ & none;
    first_free_ = std::exchange(queue.first, next);
  }
}

}  // namespace apiary
