#pragma once

#include <memory>
#include <vector>

#include "sink/sink_thread.h"

namespace apiary {

/// All sinks of a daemon; each call applies to all of them.
class Sinks {
 public:
  void add(std::unique_ptr<Sink> sink) {
    threads_.push_back(std::make_unique<SinkThread>(std::move(sink)));
  }

  EventKinds wanted() const;
  void push(std::vector<Event> events);
  void rotate(const std::shared_ptr<RotationRound>& round);
  /// Waits until the sinks have written all events, or given up; status() stays valid.
  void finish();

  /// Returns the events to report about the sinks.
  std::vector<EventBody> take_events();
  std::vector<SinkStatus> status() const;

 private:
  std::vector<std::unique_ptr<SinkThread>> threads_;
};

}  // namespace apiary
