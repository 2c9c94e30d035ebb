#pragma once

#include "engine/engine.h"
#include "event/event_aggregator.h"
#include "loop/system_clock.h"
#include "service/service_log.h"
#include "sink/sinks.h"

namespace apiary {

/// What a running daemon tells: makes events of all that goes through its loop, and hands them to
/// the sinks, some at a time. On the loop's thread; it waits for nobody.
class EventPipeline final : public ServiceLog {
 public:
  // Records are handed over when there are so many, or when the first has waited so long: a sink is
  // woken at most every 50 ms for less.
  static constexpr std::size_t batch_events = 1'024;
  static constexpr Duration patience = milliseconds{50};

  /// `engine` and `clock` must outlive it.
  EventPipeline(const Engine& engine, const SystemClock& clock);

  /// Has these told. Call it when privileges have been given up: their threads begin here.
  void begin(std::vector<std::unique_ptr<Sink>> sinks);

  void on_turn(Instant now, const EventAggregator::Turn& turn);
  void on_note(const ServiceNote& note) override;
  void tell(events::DaemonEvent::Kind what, std::string sentence);
  void tell(EventBody what);
  void on_time(Instant now);
  /// When on_time() next has something to do; Instant::max() when never.
  Instant next_due();
  /// Tells what there is still to tell, at last `sentence`, and waits until all sinks have it that
  /// can still write; sinks() says how much the others have lost.
  void finish(std::string sentence);

  /// Has sinks begin new files.
  void rotate(const std::shared_ptr<RotationRound>& round) { sinks_.rotate(round); }
  std::vector<SinkStatus> sinks() const { return sinks_.status(); }
  /// How many events of each kind were handed to the sinks.
  const EventCounts& told() const { return event_counts_; }

 private:
  void hand_over();

  const Engine& engine_;
  const SystemClock& clock_;
  EventAggregator aggregator_;
  Sinks sinks_;
  EventCounts event_counts_{};
  Instant waiting_since_ = Instant::max();
  Instant news_due_{};  // of the sinks themselves
};

}  // namespace apiary
