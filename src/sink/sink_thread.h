#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "sink/rotation_round.h"
#include "sink/sink.h"
#include "sink/sink_health.h"
#include "sink/sink_status.h"

namespace apiary {

/// Records that all sinks are given, together; nobody changes them any more.
struct EventBatch {
  std::shared_ptr<const std::vector<Event>> events;
  std::size_t cost_bytes = 0;

  static EventBatch of(std::vector<Event> events);
};

/// Runs a sink: a queue that the loop fills, and a thread that empties it. Records stay in the
/// queue until the sink has written them, which it tries again and again. When the queue is full,
/// events are counted instead.
class SinkThread {
 public:
  using Clock = SinkHealth::Clock;
  /// Enough for 200,000 events, or for what a second of a busy day brings.
  static constexpr std::size_t default_capacity_bytes = std::size_t{64} << 20;
  /// The most that a sink is given to write in one go.
  static constexpr std::size_t events_at_once = 10'000;
  /// How long a sink that cannot write is waited for at the end.
  static constexpr Clock::duration last_patience = std::chrono::seconds(3);

  explicit SinkThread(std::unique_ptr<Sink> sink,
                      std::size_t capacity_bytes = default_capacity_bytes);
  ~SinkThread() { finish(); }
  SinkThread(const SinkThread&) = delete;
  SinkThread& operator=(const SinkThread&) = delete;

  const std::string& name() const { return sink_->name(); }
  EventKinds wants() const { return wants_; }

  /// Queues what the sink wants of it, or counts that as lost. Never waits for the sink.
  void push(const EventBatch& batch);
  /// Has the sink begin a new file, soon.
  void rotate(std::shared_ptr<RotationRound> round);

  /// Has the thread end when all is written that was pushed, or when the sink has been unable to
  /// for last_patience; what still waits then is lost.
  void request_stop();
  /// The same, and waits for that. Nothing may be pushed any more; status() stays.
  void finish();

  /// What is to be told of the sink: trouble, and what was lost once there is room to tell of it.
  std::vector<EventBody> take_news();
  SinkStatus status() const;

 private:
  struct Queued {
    EventBatch batch;
    std::size_t wanted = 0;  // of its events
    Clock::time_point since{};
  };
  void work();
  bool has_work(Clock::time_point now) const;
  bool is_write_due(Clock::time_point now) const;
  Clock::time_point wake_time() const;
  void gather();
  void note_write(const WriteResult& result);
  void give_up();
  bool takes(const Event& event) const;
  void count_lost(std::span<const Event> events, std::size_t passed_over = 0);

  const std::unique_ptr<Sink> sink_;
  const EventKinds wants_;
  const std::size_t capacity_bytes_;
  const Clock::duration gathering_time_;
  std::vector<const Event*> due_;  // the thread's: what it writes; the queue keeps it alive
  mutable std::mutex mutex_;       // guards what follows
  std::condition_variable changed_;
  std::deque<Queued> queue_;
  std::size_t done_of_first_ = 0;  // wanted events of the first batch that are written
  std::size_t waiting_ = 0, waiting_bytes_ = 0;
  EventCounts lost_{};  // not yet told
  std::uint64_t lost_in_all_ = 0, written_ = 0;
  std::vector<std::shared_ptr<RotationRound>> rotations_;
  SinkHealth health_;
  bool is_stopping_ = false;
  Clock::time_point last_try_{};  // when it is stopping
  std::thread thread_;            // the last: it uses all of the above
};

}  // namespace apiary
