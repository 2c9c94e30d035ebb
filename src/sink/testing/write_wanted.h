#pragma once

// For tests only: passes events to a sink without a SinkThread.

#include <vector>

#include "sink/sink.h"

namespace apiary {

/// Has the sink write the events that it wants. Returns its result.
inline WriteResult write_wanted(Sink& sink, const std::vector<Event>& events) {
  std::vector<const Event*> wanted;
  for (const Event& event : events)
    if (sink.wants().contains(event.kind())) wanted.push_back(&event);
  return sink.write(wanted);
}
/// Does the same. Returns whether it wrote all.
inline bool writes_all(Sink& sink, const std::vector<Event>& events) {
  return !write_wanted(sink, events).trouble;
}

}  // namespace apiary
