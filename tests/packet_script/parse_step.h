#pragma once

#include <optional>

#include "scanner.h"
#include "script.h"

namespace apiary::script {

/// The time a step begins with; nothing when the line is not a step.
std::optional<StepTime> parse_step_time(Scanner& scanner);

/// Reads the rest of a step, from behind its time.
decltype(Step::action) parse_action(Scanner& scanner);

}  // namespace apiary::script
