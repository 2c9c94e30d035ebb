#pragma once

#include <string>

#include "doctor/finding.h"
#include "doctor/system_snapshot.h"

namespace apiary {

/// The worst of all.
CheckStatus status_of(const Findings& findings);

/// For people: a line or two for each finding, the worst last, then the verdict and what to do
/// next. `width`: of the terminal, in characters.
std::string report_text(const SystemSnapshot& snapshot, Findings findings, bool coloured,
                        std::size_t width = 100);

/// For programs.
std::string report_json(const SystemSnapshot& snapshot, const Findings& findings);

}  // namespace apiary
