#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"

namespace apiary {

/// The capture's comment on a received frame: the reason if it was dropped, and the template and
/// the rule by which the host at its destination answers. May be empty.
std::string packet_remark(const Engine& engine, Instant now, Bytes frame, LinkLayer link_layer,
                          std::optional<DropReason> dropped);

}  // namespace apiary
