#pragma once

// For tests only: a sink is given records without a SinkThread.

#include <vector>

#include "sink/sink.h"

namespace apiary {

/// Has the sink write what it wants of `records`. Returns how that went.
inline WriteResult write_wanted(Sink& sink, const std::vector<Record>& records) {
  std::vector<const Record*> wanted;
  for (const Record& record : records)
    if (sink.wants().contains(record.kind())) wanted.push_back(&record);
  return sink.write(wanted);
}
/// The same; whether all was written.
inline bool writes_all(Sink& sink, const std::vector<Record>& records) {
  return !write_wanted(sink, records).trouble;
}

}  // namespace apiary
