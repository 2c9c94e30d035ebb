#include "daemon/shard_channel.h"

#include <utility>

namespace apiary {

void ShardTurn::clear() {
  out.clear();
  daemon_events.clear();
  counters.reset();
}

void ShardChannel::Batch::clear() {
  messages.clear();
  connects.clear();
  ports.reset();
  bytes.clear();
}

ServiceInput ShardChannel::take_input() {
  wakeup_.take();
  Batch* const batch = input_.front();
  has_taken_ = batch != nullptr;
  if (!has_taken_) return {};
  return {batch->messages, batch->connects, std::move(batch->ports)};
}

void ShardChannel::hand_over(Instant now, Outbox& out, std::span<const ServiceMessage>,
                             const Counters& counters) {
  if (std::exchange(has_taken_, false)) input_.pop();
  out.packets.clear();
  drops_ = counters.all_drops;
  const bool wants_counters = next_due() <= now;
  if (out.events.empty() && out.services.empty() && out.released.empty() &&
      daemon_events_.empty() && !wants_counters) {
    is_behind_ = false;
    return out.clear();
  }
  ShardTurn* const turn = turns_.free_slot();
  is_behind_ = turn == nullptr;
  if (is_behind_) return;
  turn->at = now;
  std::swap(turn->out, out);
  std::swap(turn->daemon_events, daemon_events_);
  if (wants_counters) {
    turn->counters = counters;
    drops_sent_ = drops_;
    counters_sent_ = now;
  }
  turns_.push();
  main_wakeup_.wake();
}

Instant ShardChannel::next_due() {
  return drops_ == drops_sent_ ? Instant::max() : counters_sent_ + counters_interval;
}

void ShardChannel::pop() {
  turns_.front()->clear();
  turns_.pop();
}

void ShardChannel::send(const ServiceMessage& message) {
  unsent_.messages.push_back(message);
  if (auto* const output = std::get_if<ServiceOutput>(&unsent_.messages.back()))
    output->bytes = unsent_.bytes.copy(output->bytes);
}

bool ShardChannel::flush() {
  if (unsent_.empty()) return true;
  Batch* const slot = input_.free_slot();
  if (slot == nullptr) return false;
  slot->clear();
  std::swap(*slot, unsent_);
  input_.push();
  wakeup_.wake();
  return true;
}

}  // namespace apiary
