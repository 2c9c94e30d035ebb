#pragma once

#include "session/service_note.h"

namespace apiary {

/// Who is told the notes. Called while the runner executes commands and from its event callbacks,
/// so it must not call the runner back.
class ServiceLog {
 public:
  virtual ~ServiceLog() = default;
  virtual void on_note(const ServiceNote& note) = 0;
};

}  // namespace apiary
