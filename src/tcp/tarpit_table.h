#pragma once

#include <deque>

#include "base/flow_hash.h"
#include "base/lru_list.h"
#include "base/pin_table.h"
#include "base/slot_index.h"
#include "base/table_use.h"
#include "host/host_context.h"
#include "telemetry/conversation.h"

namespace apiary {

/// Holds connections open, as LaBrea did. A connection opens with a tiny window, which then stays
/// closed; it lasts as long as the visitor sends window probes. A connection needs less than a
/// hundred bytes and no timer, since it only answers segments.
class TarpitTable {
 public:
  /// `limits` and `templates` must outlive it.
  TarpitTable(const Limits& limits, const HashKey& hash_key, PinTable<HostTemplate>& templates)
      : limits_(limits), templates_(templates), index_(FlowHash{hash_key}) {}

  /// The template by which the connection of `flow` began; nullptr if there is no connection.
  const HostTemplatePtr* template_of(const FlowKey& flow) const {
    const std::uint32_t slot = find(flow);
    return slot == none ? nullptr : &template_of(slots_[slot]);
  }
  /// Handles a SYN to a tarpit port. REQUIRES: its flow is unknown.
  void open(HostContext& host, ProbeReceived probe, const TcpSegment& syn);
  /// Handles a segment of a tarpitted connection, whose template `host` has. REQUIRES: `flow` is
  /// known.
  void handle(HostContext& host, const FlowKey& flow, const TcpSegment& segment);

  /// Removes connections whose visitor was silent for too long.
  void on_time(Instant now, Outbox& out);
  Instant next_due() const;

  std::size_t size() const { return index_.size(); }
  /// Connections whose handshake is complete; latest() lists them.
  std::size_t opened_size() const { return ages_[opened].size(); }
  TableUse use() const {
    return {"tarpit_connections", size(), limits_.tarpit_connections, evictions_};
  }
  /// At most `limit` conversations, the most recently active first.
  std::vector<Conversation> latest(std::size_t limit) const;

 private:
  static constexpr std::uint32_t none = LruLinks::none;
  static constexpr std::size_t opening = 0, opened = 1;

  struct Slot {
    Endpoint remote, local;
    SeqNumber next;                  // next sequence number of the visitor
    SeqNumber initial;               // sequence number of our SYN
    std::uint32_t last_segment = 0;  // last segment of the visitor, in seconds since the epoch
    std::uint32_t answered = 0;      // end of the handshake, likewise
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
  SlotIndex<FlowKey, FlowHash> index_;
  std::deque<Slot> slots_;
  std::vector<std::uint32_t> free_;
  LruList ages_[2];
};

}  // namespace apiary
