#include "tcp/connection_table.h"

#include <cassert>

namespace apiary {

Connection* ConnectionTable::find(SessionId session) {
  const std::uint32_t slot = slot_of(session);
  if (slot >= slots_.size() || session_of(slot) != session) return nullptr;
  return slots_[slot].connection.get();
}

void ConnectionTable::prefetch_connection(const FlowKey& flow) const {
  const std::uint32_t slot = index_.candidate(flow);
  const Connection* const connection = slot == none ? nullptr : slots_[slot].connection.get();
  if (connection != nullptr) prefetch(*connection);
}

Connection* ConnectionTable::victim() {
  if (half_open_.size() >= limits_.unusual_half_open_connections) return at(half_open_.oldest());
  if (size() < limits_.connections) return nullptr;
  return at(open_.size() > 0 ? open_.oldest() : half_open_.oldest());
}

Connection* ConnectionTable::stalled(Instant now) {
  constexpr int samples = 16;
  Connection* found = nullptr;
  for (int i = 0; i < samples && !slots_.empty(); ++i) {
    Connection* const one = slots_[rng_.below(slots_.size())].connection.get();
    if (one == nullptr || one->stalled(now) == Duration{}) continue;
    if (found == nullptr || one->stalled(now) > found->stalled(now)) found = one;
  }
  return found;
}

SessionId ConnectionTable::next_session() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  return session_of(slot);
}

Connection& ConnectionTable::add(Instant now, std::unique_ptr<Connection> connection) {
  const std::uint32_t slot = slot_of(connection->session());
  assert(!free_.empty() && free_.back() == slot);
  free_.pop_back();
  index_.insert(connection->flow(), slot);
  slots_[slot].connection = std::move(connection);
  slots_[slot].is_half_open = true;
  half_open_.add(slot, links());
  touch(now, *slots_[slot].connection);
  return *slots_[slot].connection;
}

void ConnectionTable::remove(const Connection& connection) {
  const std::uint32_t slot = slot_of(connection.session());
  Slot& s = slots_[slot];
  list_of(s).remove(slot, links());
  index_.erase(connection.flow(), slot);
  s.connection.reset();
  s.queued_for = Instant::max();
  ++s.generation;
  free_.push_back(slot);
}

void ConnectionTable::touch(Instant now, const Connection& connection) {
  const std::uint32_t slot = slot_of(connection.session());
  Slot& s = slots_[slot];
  s.last_active = now;
  if (connection.state() != TcpState::syn_received) {  // half-open ones are ordered by age
    list_of(s).remove(slot, links());
    s.is_half_open = false;
    open_.add(slot, links());
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
    if (s.queued_for != due) continue;  // an earlier entry was handled in between
    s.queued_for = Instant::max();
    if (connection->deadline() <= now) return connection;
    s.queued_for = connection->deadline();
    if (s.queued_for != Instant::max()) deadlines_.push(s.queued_for, connection->session());
  }
  return nullptr;
}

}  // namespace apiary
