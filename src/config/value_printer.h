#pragma once

#include <string>

#include "base/units.h"
#include "config/statement_parts.h"

namespace apiary {

/// A number with as few digits as possible: "0.1".
std::string shortest(double number);
/// A percentage without the sign: "0.5".
std::string in_percent(Probability p);
/// The action of a port in the syntax of statements: "tarpit open".
std::string format_action(const ActionSpec& spec);

}  // namespace apiary
