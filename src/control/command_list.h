#pragma once

#include <array>
#include <string_view>

namespace apiary {

/// A command of `apiary ctl`. Anything else is a statement of the configuration language.
struct ControlCommand {
  std::string_view name, description;
  bool has_json = false;  // a form for programs, with --json
};

inline constexpr auto control_commands = std::to_array<ControlCommand>({
    {"status", "the daemon's state", true},
    {"hosts", "the bound hosts", true},
    {"leases", "the hosts with DHCP, and their leases", true},
    {"connections", "the open conversations", true},
    {"activity", "the most active sources and hosts, and the credentials tried", true},
    {"dump", "print the active configuration as a file"},
    {"reload", "read the configuration file again"},
    {"rotate", "start new event files"},
    {"help", "this list"},
});

/// The command with this name; nullptr if there is none.
constexpr const ControlCommand* control_command(std::string_view name) {
  for (const ControlCommand& command : control_commands)
    if (command.name == name) return &command;
  return nullptr;
}

}  // namespace apiary
