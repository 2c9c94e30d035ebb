#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/daemon.h"

namespace apiary {

/// "4000-4999": that range of users. Nothing: no two numbers, the first is the larger, or root is
/// among them.
std::optional<UserRange> parse_user_range(std::string_view text);

/// --service-user and --allow-uid.
void add_service_user_options(CLI::App& command, std::string& user,
                              std::vector<std::uint32_t>& allowed);
void add_contain_option(CLI::App& command, ContainMode& contain);
/// --service-uids and --contain.
void add_containment_options(CLI::App& command, UserRange& users, ContainMode& contain);
/// All of them, for commands that start services.
void add_service_options(CLI::App& command, RunOptions& options);

}  // namespace apiary
