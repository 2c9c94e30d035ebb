/// sink/: who is told of events. The log is for a person at a terminal: one line for each contact,
/// not one for each packet.
#pragma once

#include <string>

#include "event/event.h"

namespace apiary {

/// The event as one line to be read aloud, without time.
std::string event_text(const Event& event);

/// "tcp", "udp", "icmp".
std::string_view protocol_name(IpProtocol protocol);

}  // namespace apiary
