#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "sink/sink.h"

namespace apiary {

/// Records that all sinks are given, together; nobody changes them any more.
struct RecordBatch {
  std::shared_ptr<const std::vector<Record>> records;
  std::size_t cost_bytes = 0;

  static RecordBatch of(std::vector<Record> records);
};

/// What has become of what a sink was given.
struct SinkStatus {
  std::string name;
  std::uint64_t written = 0, lost = 0;  // records
  std::size_t waiting = 0;              // records, in its queue
  std::size_t waiting_bytes = 0, capacity_bytes = 0;
  std::string trouble{};  // why it could not write last; empty: it could
};

/// Runs a sink: a queue that the loop fills, and a thread that empties it. When the queue is full,
/// records are counted instead.
class SinkThread {
 public:
  /// Enough for 200,000 records, or for what a second of a busy day brings.
  static constexpr std::size_t usual_capacity_bytes = std::size_t{64} << 20;

  explicit SinkThread(std::unique_ptr<Sink> sink,
                      std::size_t capacity_bytes = usual_capacity_bytes);
  /// Waits until everything is written that was taken.
  ~SinkThread();
  SinkThread(const SinkThread&) = delete;
  SinkThread& operator=(const SinkThread&) = delete;

  const std::string& name() const { return sink_->name(); }
  RecordKinds wants() const { return wants_; }

  /// Queues it, or counts it as lost. Never waits for the sink.
  void push(const RecordBatch& batch);
  /// Has the sink begin a new file, soon.
  void rotate();

  /// What was lost since the last call, once there is room to tell of it; nothing when nothing was.
  std::optional<record::EventsLost> take_loss();
  /// A sentence about what keeps the sink from writing, if that is news.
  std::optional<std::string> take_trouble();
  SinkStatus status() const;
  /// Whether it has nothing to do, and nothing to tell of itself.
  bool is_idle() const;

 private:
  void work(const std::stop_token& stop);
  void consume(const RecordBatch& batch);
  void note(const tl::expected<void, SystemError>& done);
  void count_lost(std::span<const Record> records);

  const std::unique_ptr<Sink> sink_;
  const RecordKinds wants_;
  const std::size_t capacity_bytes_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  std::deque<RecordBatch> batches_;
  std::size_t waiting_ = 0, waiting_bytes_ = 0;
  RecordCounts lost_{};
  std::uint64_t lost_in_all_ = 0, written_ = 0;
  bool rotation_wanted_ = false;
  std::string trouble_;
  bool trouble_is_news_ = false;
  std::jthread thread_;  // the last: it uses all of the above
};

}  // namespace apiary
