#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "base/time.h"
#include "output_record.h"

namespace apiary::simulation {

/// What simulated hours came to.
struct HoursResult {
  std::uint64_t frames = 0, reloads = 0;
  OutputRecord output;
};

/// Lets visitors, scanners and floods at an example honeynet for so long, over a wire that loses,
/// doubles and delays, with services that speak and reloads that come. Then all fall silent, and
/// what the engine holds must go. What is sent must parse with right checksums, come from an
/// address that was claimed and go to who spoke first; nobody who never shook hands is sent more
/// than the reply limits allow; no table grows beyond its limit. The error says what was wrong, and
/// when. The same seed gives the same hours.
tl::expected<HoursResult, std::string> run_simulated_hours(Duration time, std::uint64_t seed);

}  // namespace apiary::simulation
