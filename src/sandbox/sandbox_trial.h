#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sandbox/launch.h"
#include "sandbox/sandbox_view.h"

namespace apiary {

/// Runs a program in a sandbox as the spawner does, from a child process, and waits until it has
/// ended with status 0. `user`: none, as who we are; `init` is the user of process 1, if we may
/// choose one; none: the sandbox has no user namespace. `is_server`: in the sandbox of a subsystem.
/// Error: a sentence on what the machine refuses, or how the program ended.
tl::expected<void, std::string> try_in_sandbox(const SandboxView& view,
                                               std::optional<ServiceUser> user,
                                               std::optional<ServiceUser> init,
                                               const std::vector<std::string>& arguments,
                                               bool is_server = false);

}  // namespace apiary
