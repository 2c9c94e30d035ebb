#pragma once

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "session/session.h"

namespace apiary {

/// The words of a command, its variables expanded; none when it is empty. `now` is what $date says,
/// in local time.
std::vector<std::string> split_command(std::string_view command, const FlowKey& flow,
                                       std::time_t now = std::time(nullptr));

/// The whole environment of a service. `directory` is the configuration's.
std::vector<std::string> service_environment(const OpenSession& open, std::string_view directory);

}  // namespace apiary
