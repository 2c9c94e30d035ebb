#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace apiary::script {

/// Reads and runs a script. The error is a message for people.
tl::expected<void, std::string> run_script(std::string_view text);

}  // namespace apiary::script
