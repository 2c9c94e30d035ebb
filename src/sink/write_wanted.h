#pragma once

// For tests only: a sink is given events without a SinkThread.

#include <vector>

#include "sink/sink.h"

namespace apiary {

/// Has the sink write what it wants of `events`. Returns how that went.
inline WriteResult write_wanted(Sink& sink, const std::vector<Event>& events) {
  std::vector<const Event*> wanted;
  for (const Event& event : events)
    if (sink.wants().contains(event.kind())) wanted.push_back(&event);
  return sink.write(wanted);
}
/// The same; whether all was written.
inline bool writes_all(Sink& sink, const std::vector<Event>& events) {
  return !write_wanted(sink, events).trouble;
}

}  // namespace apiary
