#pragma once

#include <memory>
#include <vector>

#include "sink/sink_thread.h"

namespace apiary {

/// All sinks of a daemon: what one is told, all are.
class Sinks {
 public:
  void add(std::unique_ptr<Sink> sink) {
    threads_.push_back(std::make_unique<SinkThread>(std::move(sink)));
  }

  EventKinds wanted() const;
  void push(std::vector<Event> events);
  void rotate(const std::shared_ptr<RotationRound>& round);
  /// Waits until all is written that was pushed, or cannot be; status() stays.
  void finish();

  /// What is to be told of the sinks themselves, if anything is.
  std::vector<EventBody> take_news();
  std::vector<SinkStatus> status() const;

 private:
  std::vector<std::unique_ptr<SinkThread>> threads_;
};

}  // namespace apiary
