#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "output_record.h"

namespace apiary::simulation {

/// The honeynet of a storm: routers, latency, loss, services, a default template.
tl::expected<std::shared_ptr<const Honeynet>, std::string> storm_honeynet();

/// An engine with small limits, on raw IP (interface 0) and Ethernet (1).
EngineSettings storm_settings(std::uint64_t seed);

/// The result of a storm.
struct StormResult {
  std::uint64_t frames = 0;
  OutputRecord output;
};

/// Sends `frames` frames to an engine with small limits, with output of services and passing time.
/// Error: the engine's fault and the frame. The same seed gives the same storm.
tl::expected<StormResult, std::string> run_storm(std::shared_ptr<const Honeynet> honeynet,
                                                 std::uint64_t frames, std::uint64_t seed);

}  // namespace apiary::simulation
