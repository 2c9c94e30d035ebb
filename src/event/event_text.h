#pragma once

#include <string>

#include "event/event.h"

namespace apiary {

/// "echo request", "timestamp request" or "type 42".
std::string icmp_type_name(std::uint8_t type);

/// The event as one line to be read aloud, without time; printable ASCII but for what a
/// configuration names otherwise.
std::string event_text(const Event& event);
void append_event_text(std::string& text, const Event& event);

}  // namespace apiary
