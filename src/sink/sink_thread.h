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

/// Events that all sinks share; nobody changes them.
struct EventBatch {
  std::shared_ptr<const std::vector<Event>> events;
  std::size_t cost_bytes = 0;

  static EventBatch of(std::vector<Event> events);
};

/// Runs a sink: the loop fills a queue, and a thread empties it. Events stay in the queue until the
/// sink has written them; it retries until it succeeds. A full queue counts further events as lost.
class SinkThread {
 public:
  using Clock = SinkHealth::Clock;
  /// Enough for 200,000 events, or one second of heavy traffic.
  static constexpr std::size_t default_capacity_bytes = std::size_t{64} << 20;
  /// The most events that one write() gets.
  static constexpr std::size_t events_at_once = 10'000;
  /// How long a sink that cannot write may retry after request_stop().
  static constexpr Clock::duration last_patience = std::chrono::seconds(3);

  explicit SinkThread(std::unique_ptr<Sink> sink,
                      std::size_t capacity_bytes = default_capacity_bytes);
  ~SinkThread() { finish(); }
  SinkThread(const SinkThread&) = delete;
  SinkThread& operator=(const SinkThread&) = delete;

  const std::string& name() const { return sink_->name(); }
  EventKinds wants() const { return wants_; }

  /// Queues the events that the sink wants, or counts them as lost. Never waits for the sink.
  void push(const EventBatch& batch);
  /// Asks the sink to start a new file soon.
  void rotate(std::shared_ptr<RotationRound> round);

  /// Ends the thread when the sink has written all events, or has failed to for last_patience; it
  /// loses the rest.
  void request_stop();
  /// Does the same, and waits for the end of the thread. No push() may follow; status() stays
  /// valid.
  void finish();

  /// Returns the events to report about the sink: trouble, and losses once the queue has room for
  /// the report.
  std::vector<EventBody> take_events();
  SinkStatus status() const;

 private:
  struct Queued {
    EventBatch batch;
    std::size_t wanted = 0;  // events of it
    Clock::time_point since{};
  };
  void work();
  bool is_idle() const { return queue_.empty() && !has_more_; }
  bool has_work(Clock::time_point now) const;
  bool is_write_due(Clock::time_point now) const;
  Clock::time_point wake_time() const;
  void gather();
  void note_write(const WriteResult& result);
  void give_up();
  bool takes(const Event& event) const;
  void count_lost(std::span<const Event> events, std::size_t skipped = 0);

  const std::unique_ptr<Sink> sink_;
  const EventKinds wants_;
  const std::size_t capacity_bytes_;
  const Clock::duration gathering_time_;
  std::vector<const Event*> due_;  // for the next write(); only the thread uses it
  mutable std::mutex mutex_;       // guards what follows
  std::condition_variable changed_;
  std::deque<Queued> queue_;
  std::size_t done_of_first_ = 0;  // wanted events of the first batch that are written
  std::size_t waiting_ = 0, waiting_bytes_ = 0;
  EventCounts lost_{};  // not yet reported
  std::uint64_t total_lost_ = 0, written_ = 0;
  std::vector<std::shared_ptr<RotationRound>> rotations_;
  SinkHealth health_;
  std::optional<SpoolUse> spool_;
  bool has_more_ = false;  // the sink's on_time() has
  bool is_stopping_ = false;
  Clock::time_point last_try_{};  // when it is stopping
  std::thread thread_;            // the last: it uses all of the above
};

}  // namespace apiary
