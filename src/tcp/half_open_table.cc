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
  queues_.add(at, rule_of(slot), one.sent);
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
          .sent = queues_.sent(s, rule_of(s))};
}

void HalfOpenTable::count_syn(std::uint32_t slot) {
  constexpr std::uint32_t most = 7;
  Slot& s = slots_[slot];
  if (s.syns < most) ++s.syns;
}

std::uint32_t HalfOpenTable::take_due(Instant now) {
  const std::uint32_t at = queues_.take_due(now);
  if (at == none) return none;
  Slot& slot = slots_[at];
  ++slot.retransmissions;
  queues_.add(at, rule_of(slot), now);
  return at;
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

}  // namespace apiary
