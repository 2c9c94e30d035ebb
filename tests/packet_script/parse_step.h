#pragma once

#include <optional>

#include "scanner.h"
#include "script.h"

namespace apiary::script {

/// The time at the start of a step; nothing if the line is not a step.
std::optional<StepTime> parse_step_time(Scanner& scanner);

/// Parses the rest of a step after its time.
decltype(Step::action) parse_action(Scanner& scanner);

}  // namespace apiary::script
