#pragma once

#include <string>

#include "base/units.h"
#include "config/statement_parts.h"

namespace apiary {

/// A number with no more digits than it needs: "0.1".
std::string shortest(double number);
/// As a percentage without its sign: "0.5".
std::string in_percent(Probability p);
/// What happens to packets for a port, as a statement has it: "tarpit open".
std::string format_action(const ActionSpec& spec);

}  // namespace apiary
