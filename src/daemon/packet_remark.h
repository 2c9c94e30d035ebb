#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"

namespace apiary {

/// What to say of a frame that came in: why it was dropped, if it was, and which template and rule
/// the host that it is for answers by. Empty: nothing.
std::string packet_remark(const Engine& engine, Instant now, Bytes frame, LinkLayer link_layer,
                          std::optional<DropReason> dropped);

}  // namespace apiary
