#include "sink/sinks.h"

#include <algorithm>
#include <iterator>

namespace apiary {

EventKinds Sinks::wanted() const {
  EventKinds kinds;
  for (const auto& thread : threads_) kinds = kinds.with(thread->wants());
  return kinds;
}

void Sinks::push(std::vector<Event> events) {
  const EventBatch batch = EventBatch::of(std::move(events));
  for (const auto& thread : threads_) thread->push(batch);
}

void Sinks::rotate(const std::shared_ptr<RotationRound>& round) {
  for (const auto& thread : threads_) thread->rotate(round);
}

/// The time that they have left is the same for all.
void Sinks::finish() {
  for (const auto& thread : threads_) thread->request_stop();
  for (const auto& thread : threads_) thread->finish();
}

std::vector<EventBody> Sinks::take_events() {
  std::vector<EventBody> all;
  for (const auto& thread : threads_) {
    std::vector<EventBody> events = thread->take_events();
    std::ranges::move(events, std::back_inserter(all));
  }
  return all;
}

std::vector<SinkStatus> Sinks::status() const {
  std::vector<SinkStatus> all;
  for (const auto& thread : threads_) all.push_back(thread->status());
  return all;
}

}  // namespace apiary
