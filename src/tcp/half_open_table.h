#pragma once

#include <tsl/robin_map.h>

#include <vector>

#include "base/pin_table.h"
#include "base/table_hash.h"
#include "base/time.h"
#include "honeynet/host_template.h"
#include "tcp/exit_table.h"
#include "tcp/half_open.h"
#include "tcp/half_open_queues.h"
#include "tcp/half_open_slots.h"
#include "tcp/linear_buckets.h"

namespace apiary {

/// The half-open connections of a shard, 44 bytes each, so that a SYN flood costs little memory
/// (the SYN cache of Lemon 2002, without its loss of options). Finds them by flow, and orders them
/// by the time of their next retransmission. It takes IPv4 flows; others are the caller's.
class HalfOpenTable {
 public:
  static constexpr std::uint32_t none = LinearBuckets::empty;

  /// `templates` must outlive it.
  HalfOpenTable(const HashKey& hash_key, PinTable<HostTemplate>& templates)
      : hash_key_(hash_key), templates_(templates) {}

  /// Adds `one`, whose SYN/ACK leaves now, at one.sent, by `exit`. Returns false, and adds nothing,
  /// if an entry cannot hold it. REQUIRES: its flow is unknown.
  bool add(const HalfOpen& one, const HostTemplatePtr& host_template, const Egress& exit);
  std::uint32_t find(const FlowKey& flow) const;
  /// Fetch what find() reads into the processor's cache: first the place of the flow's bucket, some
  /// time later its entry.
  void prefetch_bucket(const FlowKey& flow) const;
  void prefetch_entry(const FlowKey& flow) const;
  void remove(std::uint32_t slot);
  /// Removes the entries of hosts for which `is_gone` holds.
  template <class Predicate>
  void remove_if(Predicate is_gone) {
    visit([&](std::uint32_t slot) {
      if (is_gone(IpAddress::v4(slots_[slot].host))) remove(slot);
      return true;
    });
  }

  HalfOpen at(std::uint32_t slot) const;
  const HostTemplatePtr& host_template(std::uint32_t slot) const {
    return templates_.at(slots_[slot].host_template).object;
  }
  const Egress& exit(std::uint32_t slot) const { return exits_[slots_[slot].exit]; }
  /// The visitor repeated its SYN.
  void count_syn(std::uint32_t slot);

  /// The entry to evict for another; none if there is none.
  std::uint32_t oldest() { return queues_.oldest(); }

  /// When take_due() next may have something; Instant::max() if never.
  Instant next_due() const { return queues_.next_due(); }
  /// An entry that waited for its acknowledgment; none if there is none. It waits for the next
  /// interval from now on: the caller repeats the SYN/ACK, or removes the entry.
  std::uint32_t take_due(Instant now);
  /// The host of the entry that take_due() will probably return after `others` more; nothing if it
  /// does not know. For the caller to prefetch.
  std::optional<IpAddress> host_due_after(std::size_t others) const {
    return queues_.host_due_after(others);
  }

  std::size_t size() const { return size_; }

  /// Calls `visit` with slots, in no order, until it returns false.
  template <class Visit>
  void visit(Visit visit) const {
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot)
      if (slots_[slot].is_live != 0 && !visit(slot)) return;
  }

 private:
  using Slot = HalfOpenSlot;

  const RetransmissionRule& rule_of(const Slot& slot) const {
    return templates_.at(slot.host_template).object->personality->retransmission;
  }
  std::uint64_t hash_of(std::uint32_t visitor, std::uint32_t host, std::uint16_t visitor_port,
                        std::uint16_t host_port) const;
  std::uint64_t hash_of(const Slot& slot) const {
    return hash_of(slot.visitor, slot.host, slot.visitor_port, slot.host_port);
  }
  void add_bucket();
  const std::uint32_t& bucket_of(const FlowKey& flow) const;

  const HashKey hash_key_;
  PinTable<HostTemplate>& templates_;
  HalfOpenSlots slots_;
  LinearBuckets buckets_;  // as many as there were entries
  HalfOpenQueues queues_{slots_};
  ExitTable exits_;
  tsl::robin_map<std::uint32_t, std::uint32_t> timestamp_offsets_;  // of few systems
  std::size_t size_ = 0;
};

}  // namespace apiary
