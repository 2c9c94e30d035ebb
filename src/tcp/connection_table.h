#pragma once

#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "base/flow_hash.h"
#include "base/lru_list.h"
#include "base/prefetch.h"
#include "base/random.h"
#include "base/slot_index.h"
#include "base/timing_wheel.h"
#include "tcp/connection.h"

namespace apiary {

/// The connections of a shard: finds them by flow and by session, bounds their number, and orders
/// them by deadline. Pointers to a connection are valid until it is removed.
class ConnectionTable {
 public:
  ConnectionTable(const Limits& limits, const HashKey& hash_key, ShardId shard)
      : limits_(limits), shard_(shard), index_(FlowHash{hash_key}), rng_(hash_key.low) {}

  Connection* find(const FlowKey& flow) { return at(find_slot(flow)); }
  Connection* find(SessionId session);

  // Fetch what find() and its caller read for `flow` into the processor's cache, each some time
  // after the one before.
  void prefetch_place(const FlowKey& flow) const { index_.prefetch(flow); }
  void prefetch_slot(const FlowKey& flow) const {
    if (const std::uint32_t slot = index_.candidate(flow); slot != none) prefetch(slots_[slot]);
  }
  void prefetch_connection(const FlowKey& flow) const;

  /// The connection to evict before another is added; nullptr while there is room. Of half-open
  /// ones, the oldest; of others, the one that was silent for longest.
  Connection* victim();
  /// Of some random connections, the one whose send queue has stalled for longest; nullptr if none
  /// has bytes to send.
  Connection* stalled(Instant now);

  /// The session that the next add() is for.
  SessionId next_session();
  /// REQUIRES: the connection's flow is unknown, its session came from next_session() since the
  /// last add(), and victim() is null.
  Connection& add(Instant now, std::unique_ptr<Connection> connection);
  void remove(const Connection& connection);

  /// Notes the deadline of `connection` and that it was active `now`. Call it after each event of
  /// the connection.
  void touch(Instant now, const Connection& connection);

  /// When take_due() next has something; Instant::max() if never.
  Instant next_due() const { return deadlines_.next_due(); }
  /// A connection whose deadline has passed; nullptr if there is none. Call touch() for it
  /// afterwards.
  Connection* take_due(Instant now);

  /// Calls `visit` with connections and the times at which they were last active: at most `limit`
  /// open ones, the most recently active first, then at most `limit` half-open ones.
  template <class Visit>
  void visit_latest(std::size_t limit, Visit visit) const {
    for (const LruList* list : {&open_, &half_open_}) {
      std::size_t left = limit;
      for (std::uint32_t at = list->youngest(); at != none && left > 0;
           at = slots_[at].links.older, --left)
        visit(std::as_const(*slots_[at].connection), slots_[at].last_active);
    }
  }

  std::size_t size() const { return index_.size(); }
  std::size_t half_open() const { return half_open_.size(); }

 private:
  static constexpr std::uint32_t none = LruLinks::none;
  // A session's number is the slot, and above it how often the slot was used before.
  static constexpr unsigned slot_bits = 24;
  struct Slot {
    std::unique_ptr<Connection> connection;
    Instant queued_for = Instant::max();  // its earliest entry in deadlines_
    Instant last_active{};
    LruLinks links;
    std::uint32_t generation = 0;
    bool is_half_open = true;
  };

  static std::uint32_t slot_of(SessionId session) {
    return static_cast<std::uint32_t>(number_of(session) & ((1U << slot_bits) - 1));
  }
  /// The session of the connection in `slot`, or of the next one there. `generation` wraps after
  /// 2^30 connections in the same slot.
  SessionId session_of(std::uint32_t slot) const {
    return make_session_id(IpProtocol::tcp, shard_,
                           std::uint64_t{slots_[slot].generation} << slot_bits | slot);
  }
  std::uint32_t find_slot(const FlowKey& flow) const {
    return index_.find(flow, [this](std::uint32_t slot) -> const FlowKey& {
      return slots_[slot].connection->flow();
    });
  }
  Connection* at(std::uint32_t slot) {
    return slot == none ? nullptr : slots_[slot].connection.get();
  }
  LruList& list_of(const Slot& slot) { return slot.is_half_open ? half_open_ : open_; }
  auto links() {
    return [this](std::uint32_t slot) -> LruLinks& { return slots_[slot].links; };
  }

  const Limits& limits_;
  const ShardId shard_;
  std::deque<Slot> slots_;
  std::vector<std::uint32_t> free_;
  SlotIndex<FlowKey, FlowHash> index_;
  LruList half_open_, open_;
  TimingWheel<SessionId> deadlines_;
  Random rng_;
};

}  // namespace apiary
