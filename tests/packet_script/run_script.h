#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace apiary::script {

/// Parses and runs a script. Error: a message for people.
tl::expected<void, std::string> run_script(std::string_view text);

}  // namespace apiary::script
