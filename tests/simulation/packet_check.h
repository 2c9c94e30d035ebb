#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"

namespace apiary::simulation {

/// The fault of a packet that the engine sent; nothing if it parses, has correct checksums, fits
/// its interface and has a claimed source.
std::optional<std::string> fault_of(const Packet& packet, const EngineSettings& settings);

}  // namespace apiary::simulation
