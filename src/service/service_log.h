#pragma once

#include "session/service_note.h"

namespace apiary {

/// Receives the notes of services. The runner calls it while it executes commands and from event
/// callbacks, so it must not call the runner.
class ServiceLog {
 public:
  virtual ~ServiceLog() = default;
  virtual void on_note(const ServiceNote& note) = 0;
};

}  // namespace apiary
