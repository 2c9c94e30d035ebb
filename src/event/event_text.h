#pragma once

#include <string>

#include "event/event.h"

namespace apiary {

/// "echo request", "timestamp request" or "type 42".
std::string icmp_type_name(std::uint8_t type);

/// "SA": the letters of the set flags of TCP, in the order of Honeyd's log.
std::string flag_letters(std::uint8_t flags);

/// The event as one sentence, without time; printable ASCII except for names from the
/// configuration.
std::string event_text(const Event& event);
void append_event_text(std::string& text, const Event& event);

}  // namespace apiary
