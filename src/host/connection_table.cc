#include "host/connection_table.h"

#include <cassert>

namespace apiary {

Connection* ConnectionTable::find(const FlowKey& flow) {
  const auto found = index_.find(flow);
  return found == index_.end() ? nullptr : slots_[found->second].connection.get();
}

Connection* ConnectionTable::find(SessionId session) {
  const std::uint32_t slot = slot_of(session);
  if (slot >= slots_.size() || slots_[slot].generation != session.value >> 32) return nullptr;
  return slots_[slot].connection.get();
}

Connection* ConnectionTable::victim() {
  const AgeList& half_open = ages_[half_open_list];
  const AgeList& open = ages_[open_list];
  if (half_open.size >= limits_.half_open_connections)
    return slots_[half_open.oldest].connection.get();
  if (index_.size() < limits_.connections) return nullptr;
  return slots_[open.oldest != none ? open.oldest : half_open.oldest].connection.get();
}

SessionId ConnectionTable::next_session() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  return {std::uint64_t{slots_[slot].generation} << 32 | slot};
}

Connection& ConnectionTable::add(std::unique_ptr<Connection> connection) {
  const std::uint32_t slot = slot_of(connection->session());
  assert(!free_.empty() && free_.back() == slot);
  free_.pop_back();
  index_.insert({connection->flow(), slot});
  slots_[slot].connection = std::move(connection);
  link_youngest(slot, half_open_list);
  touch(*slots_[slot].connection);
  return *slots_[slot].connection;
}

void ConnectionTable::remove(const Connection& connection) {
  const std::uint32_t slot = slot_of(connection.session());
  unlink(slot);
  index_.erase(connection.flow());
  Slot& s = slots_[slot];
  s.connection.reset();
  s.queued_for = Instant::max();
  s.generation = (s.generation + 1) & 0x7fffffff;  // the top bit of a SessionId is not ours
  free_.push_back(slot);
}

void ConnectionTable::touch(const Connection& connection) {
  const std::uint32_t slot = slot_of(connection.session());
  Slot& s = slots_[slot];
  if (connection.state() != TcpState::syn_received) {  // half-open ones keep their age
    unlink(slot);
    link_youngest(slot, open_list);
  }
  if (const Instant deadline = connection.deadline(); deadline < s.queued_for) {
    s.queued_for = deadline;
    deadlines_.push(deadline, connection.session());
  }
}

Connection* ConnectionTable::take_due(Instant now) {
  while (deadlines_.next_due() <= now) {
    const Instant due = deadlines_.next_due();
    Connection* const connection = find(deadlines_.pop());
    if (connection == nullptr) continue;
    Slot& s = slots_[slot_of(connection->session())];
    if (s.queued_for != due) continue;  // an earlier entry has been served in between
    s.queued_for = Instant::max();
    if (connection->deadline() <= now) return connection;
    s.queued_for = connection->deadline();
    if (s.queued_for != Instant::max()) deadlines_.push(s.queued_for, connection->session());
  }
  return nullptr;
}

void ConnectionTable::unlink(std::uint32_t slot) {
  const Slot& s = slots_[slot];
  AgeList& list = ages_[s.list];
  (s.older == none ? list.oldest : slots_[s.older].younger) = s.younger;
  (s.younger == none ? list.youngest : slots_[s.younger].older) = s.older;
  --list.size;
}

void ConnectionTable::link_youngest(std::uint32_t slot, std::size_t which) {
  AgeList& list = ages_[which];
  Slot& s = slots_[slot];
  s.list = which;
  s.older = list.youngest;
  s.younger = none;
  (list.youngest == none ? list.oldest : slots_[list.youngest].younger) = slot;
  list.youngest = slot;
  ++list.size;
}

}  // namespace apiary
