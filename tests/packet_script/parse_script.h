#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "script.h"

namespace apiary::script {

/// Parses a script. Error: a message with the line, its text and what was expected.
tl::expected<Script, std::string> parse_script(std::string_view text);

}  // namespace apiary::script
