#pragma once

#include <tsl/robin_map.h>

#include <array>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "base/timing_wheel.h"
#include "host/connection.h"
#include "host/flow_hash.h"

namespace apiary {

/// All connections of a shard: found by flow and by session, bounded, and due in order of their
/// deadlines. Pointers to connections stay valid until the connection is removed.
class ConnectionTable {
 public:
  ConnectionTable(const Limits& limits, const HashKey& hash_key)
      : limits_(limits), index_(0, FlowHash{hash_key}) {}

  Connection* find(const FlowKey& flow);
  Connection* find(SessionId session);

  /// The connection that must go before another is added; nullptr while there is room. Half-open
  /// ones go by age, others by how long they have been silent.
  Connection* victim();

  /// The session that the next add() is for.
  SessionId next_session();
  /// REQUIRES: the connection's flow is unknown, its session came from next_session() since the
  /// last add(), and victim() is null.
  Connection& add(std::unique_ptr<Connection> connection);
  void remove(const Connection& connection);

  /// Call after anything was told to `connection`: notes its new deadline and that it is alive.
  void touch(const Connection& connection);

  /// When take_due() next has something; Instant::max() when never.
  Instant next_due() const { return deadlines_.next_due(); }
  /// A connection whose deadline has come; nullptr when there is none. touch() it afterwards.
  Connection* take_due(Instant now);

  /// Shows `visit` at most `limit` connections, the one spoken in last first, half-open ones last.
  template <class Visit>
  void visit_latest(std::size_t limit, Visit visit) const {
    for (const std::size_t list : {open_list, half_open_list})
      for (std::uint32_t at = ages_[list].youngest; at != none && limit > 0;
           at = slots_[at].older, --limit)
        visit(std::as_const(*slots_[at].connection));
  }

  std::size_t size() const { return index_.size(); }
  std::size_t half_open() const { return ages_[half_open_list].size; }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t half_open_list = 0, open_list = 1;
  struct Slot {
    std::unique_ptr<Connection> connection;
    std::uint32_t generation = 0;
    std::uint32_t older = none, younger = none;
    std::size_t list = half_open_list;
    Instant queued_for = Instant::max();  // its earliest entry in deadlines_
  };
  struct AgeList {
    std::uint32_t oldest = none, youngest = none;
    std::size_t size = 0;
  };

  static std::uint32_t slot_of(SessionId session) {
    return static_cast<std::uint32_t>(session.value);
  }
  void unlink(std::uint32_t slot);
  void link_youngest(std::uint32_t slot, std::size_t list);

  const Limits& limits_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  tsl::robin_map<FlowKey, std::uint32_t, FlowHash> index_;
  std::array<AgeList, 2> ages_;
  TimingWheel<SessionId> deadlines_;
};

}  // namespace apiary
