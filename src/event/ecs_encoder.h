#pragma once

#include <string>

#include "event/event.h"

namespace apiary {

/// The version of the format that EcsEncoder writes, as apiary.version; see docs/events.md.
inline constexpr int event_json_version = 1;

/// Encodes events as JSON objects of the Elastic Common Schema, with other fields under `apiary`.
/// docs/events.schema.json describes the format.
class EcsEncoder {
 public:
  struct Observer {
    std::string version, hostname;  // of the daemon and its machine
  };
  explicit EcsEncoder(const Observer& observer);

  /// Appends the object: one line of valid UTF-8, without a line end.
  void append(std::string& text, const Event& event) const;

 private:
  std::string observer_;  // "observer":{...}
};

/// "2026-11-25T05:14:00.123456789Z".
void append_time(std::string& text, Instant at);

}  // namespace apiary
