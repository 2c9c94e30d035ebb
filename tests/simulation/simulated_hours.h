#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "base/time.h"
#include "output_record.h"

namespace apiary::simulation {

/// The result of simulated hours.
struct HoursResult {
  std::uint64_t frames = 0, reloads = 0;
  OutputRecord output;
};

/// Runs visitors, scanners and floods against an example honeynet for this time, over a wire that
/// loses, duplicates and delays frames, with active services and reloads. Then all are silent, and
/// the engine must release its state. Sent packets must parse with correct checksums, come from a
/// claimed address and go to a peer that sent first. Unvalidated peers get no more than the reply
/// limits allow. No table exceeds its limit. Error: the fault and its time. The same seed gives the
/// same hours.
tl::expected<HoursResult, std::string> run_simulated_hours(Duration time, std::uint64_t seed);

}  // namespace apiary::simulation
