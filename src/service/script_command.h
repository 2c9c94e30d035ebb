#pragma once

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "session/command_words.h"
#include "session/session.h"

namespace apiary {

/// The words of a command, its variables expanded. `now` is the value of $date, in local time.
std::vector<std::string> service_arguments(std::string_view command, const OpenSession& open,
                                           std::time_t now = std::time(nullptr));

/// The whole environment of a service, as docs/services.md lists it. `directory` is that of the
/// configuration.
std::vector<std::string> service_environment(const OpenSession& open, std::string_view directory);

}  // namespace apiary
