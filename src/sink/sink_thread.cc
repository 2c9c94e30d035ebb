#include "sink/sink_thread.h"

#include <chrono>
#include <numeric>

#include "posix/without_signals.h"
#include "sink/wall_clock.h"

namespace apiary {
namespace {

std::jthread without_signals(auto work) {
  const WithoutSignals meanwhile;
  return std::jthread(std::move(work));
}

}  // namespace

RecordBatch RecordBatch::of(std::vector<Record> records) {
  const std::size_t cost = std::accumulate(
      records.begin(), records.end(), std::size_t{0},
      [](std::size_t sum, const Record& record) { return sum + record.cost_bytes(); });
  return {std::make_shared<const std::vector<Record>>(std::move(records)), cost};
}

SinkThread::SinkThread(std::unique_ptr<Sink> sink, std::size_t capacity_bytes)
    : sink_(std::move(sink)),
      wants_(sink_->wants()),
      capacity_bytes_(capacity_bytes),
      thread_(without_signals([this](const std::stop_token& stop) { work(stop); })) {}

SinkThread::~SinkThread() {
  thread_.request_stop();
  thread_.join();
}

void SinkThread::push(const RecordBatch& batch) {
  if (batch.records->empty()) return;
  {
    const std::lock_guard lock(mutex_);
    // A batch that is larger than the queue is taken by an empty one.
    if (waiting_bytes_ > 0 && waiting_bytes_ + batch.cost_bytes > capacity_bytes_)
      return count_lost(*batch.records);
    waiting_ += batch.records->size();
    waiting_bytes_ += batch.cost_bytes;
    batches_.push_back(batch);
  }
  changed_.notify_one();
}

void SinkThread::rotate() {
  {
    const std::lock_guard lock(mutex_);
    rotation_wanted_ = true;
  }
  changed_.notify_one();
}

/// REQUIRES: the mutex is held.
void SinkThread::count_lost(std::span<const Record> records) {
  for (const Record& record : records) {
    if (!wants_.contains(record.kind())) continue;
    ++lost_[static_cast<std::size_t>(record.kind())];
    ++lost_in_all_;
  }
}

std::optional<record::EventsLost> SinkThread::take_loss() {
  const std::lock_guard lock(mutex_);
  if (waiting_bytes_ > capacity_bytes_ / 2) return {};
  record::EventsLost loss{.sink = sink_->name()};
  for (std::size_t i = 0; i < lost_.size(); ++i)
    if (lost_[i] > 0) loss.counts.emplace_back(static_cast<RecordKind>(i), lost_[i]);
  lost_ = {};
  if (loss.counts.empty()) return {};
  return loss;
}

std::optional<std::string> SinkThread::take_trouble() {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(trouble_is_news_, false)) return {};
  return trouble_;
}

SinkStatus SinkThread::status() const {
  const std::lock_guard lock(mutex_);
  return {.name = sink_->name(),
          .written = written_,
          .lost = lost_in_all_,
          .waiting = waiting_,
          .waiting_bytes = waiting_bytes_,
          .capacity_bytes = capacity_bytes_,
          .trouble = trouble_};
}

bool SinkThread::is_idle() const {
  const std::lock_guard lock(mutex_);
  return waiting_ == 0 && !trouble_is_news_ && lost_ == RecordCounts{};
}

void SinkThread::work(const std::stop_token& stop) {
  const auto has_work = [this] { return !batches_.empty() || rotation_wanted_; };
  while (true) {
    std::deque<RecordBatch> taken;
    bool rotation = false;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, std::chrono::milliseconds(250), has_work);
      if (stop.stop_requested() && !has_work()) return;
      if (!batches_.empty()) {
        taken.push_back(std::move(batches_.front()));
        batches_.pop_front();
      }
      rotation = std::exchange(rotation_wanted_, false);
    }
    for (const RecordBatch& batch : taken) consume(batch);
    if (rotation) note(sink_->rotate(wall_clock()));
    note(sink_->on_time(wall_clock()));
  }
}

/// The batch counts as waiting until it is written: so does its memory.
void SinkThread::consume(const RecordBatch& batch) {
  const auto done = sink_->consume(*batch.records);
  note(done);
  const std::lock_guard lock(mutex_);
  waiting_ -= batch.records->size();
  waiting_bytes_ -= batch.cost_bytes;
  if (done) {
    written_ += batch.records->size();
    trouble_.clear();
  } else {
    count_lost(*batch.records);
  }
}

void SinkThread::note(const tl::expected<void, SystemError>& done) {
  if (done) return;
  std::string sentence = sink_->name() + ": " + to_string(done.error());
  const std::lock_guard lock(mutex_);
  if (sentence == trouble_) return;
  trouble_ = std::move(sentence);
  trouble_is_news_ = true;
}

}  // namespace apiary
