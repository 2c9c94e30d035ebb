#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"

namespace apiary::simulation {

/// What is wrong with a packet the engine sent; nothing when it parses, its checksums are right, it
/// fits its interface and comes from a claimed address.
std::optional<std::string> fault_of(const Packet& packet, const EngineSettings& settings);

}  // namespace apiary::simulation
