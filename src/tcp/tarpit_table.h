#pragma once

#include <deque>

#include "base/lru_list.h"
#include "base/pin_table.h"
#include "base/table_use.h"
#include "host/host_context.h"
#include "tcp/flow_index.h"
#include "telemetry/conversation.h"

namespace apiary {

/// Holds visitors up, as LaBrea did: a connection opens with a tiny window that then stays shut for
/// ever, and does not end as long as the visitor asks when it will open. A connection costs less
/// than a hundred bytes and no timer: whatever happens, the visitor does it.
class TarpitTable {
 public:
  /// `limits` and `templates` must outlive it.
  TarpitTable(const Limits& limits, const HashKey& hash_key, PinTable<HostTemplate>& templates)
      : limits_(limits), templates_(templates), index_(hash_key) {}

  bool holds(const FlowKey& flow) const { return find(flow) != none; }
  /// The template by which the connection of `flow` began; nullptr: there is none.
  const HostTemplatePtr* template_of(const FlowKey& flow) const {
    const std::uint32_t slot = find(flow);
    return slot == none ? nullptr : &template_of(slots_[slot]);
  }
  /// A connection request to a port that is a tarpit. REQUIRES: !holds(flow).
  void open(HostContext& host, ProbeReceived probe, const TcpSegment& syn);
  /// A segment of a connection that is held up. REQUIRES: holds(flow).
  void handle(HostContext& host, const FlowKey& flow, const TcpSegment& segment);

  /// Forgets those who have said nothing for long.
  void on_time(Instant now, Outbox& out);
  Instant next_due() const;

  std::size_t size() const { return index_.size(); }
  /// Those whose handshake is complete: latest() lists them.
  std::size_t opened_size() const { return ages_[opened].size(); }
  TableUse use() const {
    return {"tarpit_connections", size(), limits_.tarpit_connections, evictions_};
  }
  /// Adds at most `limit` conversations, the one spoken in last first.
  void latest(std::size_t limit, std::vector<Conversation>& found) const;

 private:
  static constexpr std::uint32_t none = LruLinks::none;
  static constexpr std::size_t opening = 0, opened = 1;

  struct Slot {
    Endpoint remote, local;
    SeqNumber next;              // expected of the visitor
    SeqNumber initial;           // our SYN's
    std::uint32_t heard = 0;     // from the visitor, in seconds since the epoch
    std::uint32_t answered = 0;  // when the handshake was completed, likewise
    std::uint32_t list : 2 = opening;
    std::uint32_t received_bytes : 6 = 0;   // no more than the window
    std::uint32_t template_index : 24 = 0;  // of its Pin in templates_
    LruLinks links;
  };
  static_assert(sizeof(Slot) <= 64);

  static FlowKey flow_of(const Slot& slot) { return {slot.remote, slot.local, IpProtocol::tcp}; }
  std::uint32_t find(const FlowKey& flow) const {
    return index_.find(flow, [&](std::uint32_t slot) { return flow_of(slots_[slot]); });
  }
  void make_room(HostContext& host);
  const HostTemplatePtr& template_of(const Slot& slot) const {
    return templates_.at(slot.template_index).object;
  }
  std::uint32_t add(const FlowKey& flow, const HostTemplatePtr& host_template);
  void touch(Instant now, std::uint32_t slot, std::size_t list);
  void remove(Instant now, std::uint32_t slot, FlowEndReason how, Outbox& out);
  void answer(HostContext& host, const FlowKey& flow, const Slot& slot) const;
  Instant end_of(std::uint32_t slot) const;
  auto links() {
    return [this](std::uint32_t slot) -> LruLinks& { return slots_[slot].links; };
  }

  const Limits& limits_;
  PinTable<HostTemplate>& templates_;
  std::uint64_t evictions_ = 0;
  FlowIndex index_;
  std::deque<Slot> slots_;
  std::vector<std::uint32_t> free_;
  LruList ages_[2];
};

}  // namespace apiary
