#include "daemon/event_pipeline.h"

#include <algorithm>
#include <utility>

#include "host/limits.h"
#include "setup/host_key.h"

namespace apiary {
namespace {

constexpr Duration sink_events_period = seconds{1};

}  // namespace

EventPipeline::EventPipeline(const SystemClock& clock, TemplateLookup template_of)
    : clock_(clock),
      aggregator_({.daemon = random_seed(),
                   .udp_flows = Limits{}.udp_flows,
                   .hash_key = {random_seed(), random_seed()},
                   .template_of = std::move(template_of)}) {}

void EventPipeline::begin(std::vector<std::unique_ptr<Sink>> sinks) {
  for (auto& sink : sinks) sinks_.add(std::move(sink));
  aggregator_.want(sinks_.wanted());
}

void EventPipeline::on_turn(Instant now, const EventAggregator::Turn& turn) {
  aggregator_.on_turn(now, turn);
  on_time(now);
}

void EventPipeline::on_note(const ServiceNote& note) {
  if (note.file && note.file->descriptor >= 0 && quarantine_)
    quarantine_->keep(note.file->descriptor, note.file->bytes);
  aggregator_.on_note(clock_.now(), note);
}

void EventPipeline::emit(events::DaemonEvent::Kind what, std::string sentence) {
  emit(events::DaemonEvent{what, std::move(sentence)});
}

void EventPipeline::emit(EventBody what) { aggregator_.emit(clock_.now(), std::move(what)); }

void EventPipeline::on_time(Instant now) {
  if (aggregator_.next_due() <= now) aggregator_.on_time(now);
  if (sink_events_due_ <= now) {
    sink_events_due_ = now + sink_events_period;
    for (EventBody& what : sinks_.take_events()) aggregator_.emit(now, std::move(what));
    report_lost_files(now);
  }
  if (aggregator_.waiting() == 0) return;
  waiting_since_ = std::min(waiting_since_, now);
  if (aggregator_.waiting() >= batch_events || now - waiting_since_ >= patience) hand_over();
}

void EventPipeline::report_lost_files(Instant now) {
  if (!quarantine_) return;
  if (std::string trouble = quarantine_->take_trouble(); !trouble.empty())
    aggregator_.emit(now,
                     events::DaemonEvent{events::DaemonEvent::Kind::trouble, std::move(trouble)});
}

void EventPipeline::hand_over() {
  std::vector<Event> events = aggregator_.take();
  for (const Event& event : events) ++event_counts_[static_cast<std::size_t>(event.kind())];
  sinks_.push(std::move(events));
  waiting_since_ = Instant::max();
}

Instant EventPipeline::next_due() {
  const Instant waited =
      aggregator_.waiting() == 0
          ? Instant::max()
          : (waiting_since_ == Instant::max() ? Instant{} : waiting_since_ + patience);
  return std::min({waited, sink_events_due_, aggregator_.next_due()});
}

void EventPipeline::finish(std::string sentence) {
  const Instant now = clock_.now();
  aggregator_.finish(now);
  report_lost_files(now);
  for (EventBody& what : sinks_.take_events()) aggregator_.emit(now, std::move(what));
  aggregator_.emit(now, events::DaemonEvent{events::DaemonEvent::Kind::stop, std::move(sentence)});
  hand_over();
  sinks_.finish();
}

}  // namespace apiary
