#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "event/event_aggregator.h"
#include "loop/system_clock.h"
#include "service/service_log.h"
#include "sink/quarantine.h"
#include "sink/sinks.h"

namespace apiary {

/// Makes events of everything that goes through the daemon's loop, and hands them to the sinks in
/// batches. It runs on the loop's thread and waits for nobody.
class EventPipeline final : public ServiceLog {
 public:
  // A batch is complete at this size, or when its first event has waited this long: smaller batches
  // wake a sink at most every 50 ms.
  static constexpr std::size_t batch_events = 1'024;
  static constexpr Duration patience = milliseconds{50};

  /// Returns the name of the template of the host at the local end of a flow; empty: no host.
  using TemplateLookup = std::function<std::string(const FlowKey& flow, Instant now)>;

  /// `clock` must outlive the pipeline.
  EventPipeline(const SystemClock& clock, TemplateLookup template_of);

  /// Where the contents of files that services leave go.
  void keep_files(std::unique_ptr<Quarantine> quarantine) { quarantine_ = std::move(quarantine); }
  /// Starts the threads of the sinks. Call it after the privileges are dropped.
  void begin(std::vector<std::unique_ptr<Sink>> sinks);

  void on_turn(Instant now, const EventAggregator::Turn& turn);
  /// The sum over all engines.
  void on_counters(Instant now, const Counters& counters) {
    aggregator_.on_counters(now, counters);
  }
  void on_note(const ServiceNote& note) override;
  void emit(events::DaemonEvent::Kind what, std::string sentence);
  void emit(EventBody what);
  void on_time(Instant now);
  /// When on_time() has something to do; Instant::max(): never.
  Instant next_due();
  /// Emits all pending events and the daemon's last, `sentence`. Waits until each sink that can
  /// write has written them; sinks() has the losses of the others.
  void finish(std::string sentence);

  /// Makes the sinks begin new files.
  void rotate(const std::shared_ptr<RotationRound>& round) { sinks_.rotate(round); }
  std::vector<SinkStatus> sinks() const { return sinks_.status(); }
  /// The number of events of each kind that the sinks got.
  const EventCounts& event_counts() const { return event_counts_; }

 private:
  void hand_over();
  void report_lost_files(Instant now);

  const SystemClock& clock_;
  EventAggregator aggregator_;
  Sinks sinks_;
  std::unique_ptr<Quarantine> quarantine_;  // nullptr: none
  EventCounts event_counts_{};
  Instant waiting_since_ = Instant::max();
  Instant sink_events_due_{};  // about the sinks themselves
};

}  // namespace apiary
