#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string_view>

#include "daemon/daemon.h"

namespace apiary {

/// "4000-4999": that range of users. Nothing: no two numbers, the first is the larger, or root is
/// among them.
std::optional<UserRange> parse_user_range(std::string_view text);

/// The options of `apiary run` about the users and sandboxes of services.
void add_service_options(CLI::App& run, RunOptions& options);

}  // namespace apiary
