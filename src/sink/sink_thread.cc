#include "sink/sink_thread.h"

#include <algorithm>
#include <numeric>

#include "posix/without_signals.h"
#include "sink/wall_clock.h"

namespace apiary {
namespace {

constexpr auto upkeep_period = std::chrono::milliseconds(250);

}  // namespace

EventBatch EventBatch::of(std::vector<Event> events) {
  const std::size_t cost =
      std::accumulate(events.begin(), events.end(), std::size_t{0},
                      [](std::size_t sum, const Event& event) { return sum + event.cost_bytes(); });
  return {std::make_shared<const std::vector<Event>>(std::move(events)), cost};
}

SinkThread::SinkThread(std::unique_ptr<Sink> sink, std::size_t capacity_bytes)
    : sink_(std::move(sink)),
      wants_(sink_->wants()),
      capacity_bytes_(capacity_bytes),
      gathering_time_(std::chrono::duration_cast<Clock::duration>(sink_->gathering_time())),
      health_(sink_->name()) {
  const WithoutSignals meanwhile;
  thread_ = std::thread([this] { work(); });
}

void SinkThread::push(const EventBatch& batch) {
  const auto wanted = static_cast<std::size_t>(
      std::ranges::count_if(*batch.events, [this](const Event& event) { return takes(event); }));
  if (wanted == 0) return;
  {
    const std::lock_guard lock(mutex_);
    // An empty queue accepts a batch that is larger than its capacity.
    if (waiting_bytes_ > 0 && waiting_bytes_ + batch.cost_bytes > capacity_bytes_)
      return count_lost(*batch.events);
    waiting_ += wanted;
    waiting_bytes_ += batch.cost_bytes;
    queue_.push_back({batch, wanted, Clock::now()});
  }
  changed_.notify_one();
}

void SinkThread::rotate(std::shared_ptr<RotationRound> round) {
  {
    const std::lock_guard lock(mutex_);
    rotations_.push_back(std::move(round));
  }
  changed_.notify_one();
}

void SinkThread::request_stop() {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return;
    is_stopping_ = true;
    last_try_ = Clock::now() + last_patience;
  }
  changed_.notify_one();
}

void SinkThread::finish() {
  request_stop();
  if (thread_.joinable()) thread_.join();
}

bool SinkThread::takes(const Event& event) const {
  return wants_.contains(event.kind()) && sink_->uses(event);
}

/// Counts the events that the sink wants as lost, except for the first `skipped` of them.
/// REQUIRES: the mutex is held.
void SinkThread::count_lost(std::span<const Event> events, std::size_t skipped) {
  for (const Event& event : events) {
    if (!takes(event)) continue;
    if (skipped > 0) {
      --skipped;
      continue;
    }
    ++lost_[static_cast<std::size_t>(event.kind())];
    ++total_lost_;
  }
}

std::vector<EventBody> SinkThread::take_events() {
  const std::lock_guard lock(mutex_);
  std::vector<EventBody> events = health_.take_events();
  if (waiting_bytes_ > capacity_bytes_ / 2) return events;
  events::EventsLost loss{.sink = sink_->name()};
  for (std::size_t i = 0; i < lost_.size(); ++i)
    if (lost_[i] > 0) loss.counts.emplace_back(static_cast<EventKind>(i), lost_[i]);
  lost_ = {};
  if (!loss.counts.empty()) events.emplace_back(std::move(loss));
  return events;
}

SinkStatus SinkThread::status() const {
  const std::lock_guard lock(mutex_);
  return {.name = sink_->name(),
          .written = written_,
          .lost = total_lost_,
          .waiting = waiting_,
          .waiting_bytes = waiting_bytes_,
          .capacity_bytes = capacity_bytes_,
          .trouble = health_.trouble(),
          .spool = spool_};
}

void SinkThread::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait_until(lock, wake_time(), [this] { return has_work(Clock::now()); });
    if (is_stopping_ && (is_idle() || Clock::now() >= last_try_)) return give_up();
    if (is_write_due(Clock::now())) gather();
    std::vector<std::shared_ptr<RotationRound>> rotations = std::exchange(rotations_, {});
    lock.unlock();

    const WriteResult result = due_.empty() ? WriteResult{} : sink_->write(due_);
    tl::expected<std::string, SystemError> rotated;
    if (!rotations.empty()) rotated = sink_->rotate(wall_clock());
    const Upkeep upkeep = sink_->on_time(wall_clock());

    lock.lock();
    if (!due_.empty()) note_write(result);
    health_.on_upkeep(upkeep);
    spool_ = upkeep.spool;
    has_more_ = upkeep.has_more;
    if (rotations.empty()) continue;
    const std::string failure = rotated ? "" : health_.on_failed_rotation(rotated.error());
    lock.unlock();  // the thread that waits for the round may call us
    for (const auto& round : rotations)
      if (!failure.empty())
        round->note_failure(failure);
      else if (!rotated->empty())
        round->note_remark(sink_->name() + ": " + *rotated);
    rotations.clear();
    lock.lock();
  }
}

bool SinkThread::is_write_due(Clock::time_point now) const {
  if (queue_.empty() || now < health_.next_try()) return false;
  return is_stopping_ || waiting_ >= events_at_once ||
         now >= queue_.front().since + gathering_time_;
}

bool SinkThread::has_work(Clock::time_point now) const {
  if (is_stopping_ && (is_idle() || now >= last_try_)) return true;
  return has_more_ || !rotations_.empty() || is_write_due(now);
}

SinkThread::Clock::time_point SinkThread::wake_time() const {
  Clock::time_point wake = Clock::now() + upkeep_period;
  if (is_stopping_) wake = std::min(wake, last_try_);
  if (queue_.empty()) return wake;
  return std::min(wake, std::max(health_.next_try(), queue_.front().since + gathering_time_));
}

/// Collects the events of the next write().
void SinkThread::gather() {
  std::size_t skipped = done_of_first_;
  for (const Queued& queued : queue_)
    for (const Event& event : *queued.batch.events) {
      if (!takes(event)) continue;
      if (skipped > 0) {
        --skipped;
        continue;
      }
      due_.push_back(&event);
      if (due_.size() == events_at_once) return;
    }
}

/// Removes written events from the queue, and each batch once all its events are written.
void SinkThread::note_write(const WriteResult& result) {
  due_.clear();
  written_ += result.written;
  waiting_ -= result.written;
  done_of_first_ += result.written;
  while (!queue_.empty() && done_of_first_ >= queue_.front().wanted) {
    done_of_first_ -= queue_.front().wanted;
    waiting_bytes_ -= queue_.front().batch.cost_bytes;
    queue_.pop_front();
  }
  health_.on_write(result, total_lost_);
}

void SinkThread::give_up() {
  for (const Queued& queued : queue_)
    count_lost(*queued.batch.events, std::exchange(done_of_first_, 0));
  queue_.clear();
  waiting_ = waiting_bytes_ = 0;
  rotations_.clear();
}

}  // namespace apiary
