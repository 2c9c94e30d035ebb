#pragma once

#include <string_view>

#include "base/address.h"

namespace apiary {

/// Something an operator should read about a service: a line of its stderr, why it could not be
/// started or reached, how it crashed. Valid during the call that passes it.
struct ServiceNote {
  FlowKey flow;
  std::string_view service;  // the command or target as configured
  std::string_view text;     // printable ASCII, one line of at most note_limit_bytes
};

/// The longest text of a ServiceNote; what is longer is cut and ends in "...".
inline constexpr std::size_t note_limit_bytes = 1024;

/// Who is told the notes. Called while the runner executes commands and from its event callbacks,
/// so it must not call the runner back.
class ServiceLog {
 public:
  virtual ~ServiceLog() = default;
  virtual void on_note(const ServiceNote& note) = 0;
};

}  // namespace apiary
