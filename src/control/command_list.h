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
    {"status", "how the daemon is", true},
    {"hosts", "the bound hosts", true},
    {"leases", "the hosts that ask DHCP servers, and their leases", true},
    {"connections", "the conversations under way", true},
    {"activity", "who is most active, and what is tried, as JSON", true},
    {"dump", "the present configuration, as a file that loads"},
    {"reload", "read the configuration file again"},
    {"rotate", "begin new files of events"},
    {"help", "this list"},
});

/// The command of this name; nullptr: there is none.
constexpr const ControlCommand* control_command(std::string_view name) {
  for (const ControlCommand& command : control_commands)
    if (command.name == name) return &command;
  return nullptr;
}

}  // namespace apiary
