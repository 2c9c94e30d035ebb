#include "control/commands.h"

#include <fmt/format.h>

#include <map>

#include "control/command_list.h"
#include "control/reports.h"

namespace apiary {
namespace {

std::string help_text() {
  std::string text;
  std::string with_json;
  for (const ControlCommand& command : control_commands) {
    text += fmt::format("{:<14}{}\n", command.name, command.description);
    if (command.has_json) with_json += (with_json.empty() ? "" : ", ") + std::string(command.name);
  }
  return fmt::format(R"({}
Anything else is a statement of the configuration language, added to the
present configuration until the next reload, for example:
  bind 10.0.0.9 netbsd

apiary ctl --json gives these for programs to read: {}.
)",
                     text, with_json);
}

using Command = void (*)(bool json, DaemonInterface& daemon, const DaemonInterface::Reply& reply);

void show_status(bool json, DaemonInterface& daemon, const DaemonInterface::Reply& reply) {
  reply({true, (json ? status_json : status_text)(daemon.status())});
}

void show_hosts(bool json, DaemonInterface& daemon, const DaemonInterface::Reply& reply) {
  daemon.in_background(
      [json, directory = daemon.hosts(), now = daemon.status().now] {
        return json ? hosts_json(directory)
                    : hosts_text(directory) + leases_text(directory.dhcp_clients, now);
      },
      reply);
}

void show_leases(bool json, DaemonInterface& daemon, const DaemonInterface::Reply& reply) {
  reply(
      {true, (json ? leases_json : leases_text)(daemon.hosts().dhcp_clients, daemon.status().now)});
}

void show_connections(bool json, DaemonInterface& daemon, const DaemonInterface::Reply& reply) {
  reply({true,
         (json ? connections_json : connections_text)(daemon.conversations(max_report_entries))});
}

const std::map<std::string_view, Command> commands = {
    {"status", show_status},
    {"hosts", show_hosts},
    {"leases", show_leases},
    {"connections", show_connections},
    {"activity",
     [](bool, DaemonInterface& daemon, const DaemonInterface::Reply& reply) {
       reply({true, daemon.activity() + "\n"});
     }},
    {"dump", [](bool, DaemonInterface& daemon,
                const DaemonInterface::Reply& reply) { daemon.dump(reply); }},
    {"reload", [](bool, DaemonInterface& daemon,
                  const DaemonInterface::Reply& reply) { daemon.reload(reply); }},
    {"rotate", [](bool, DaemonInterface& daemon,
                  const DaemonInterface::Reply& reply) { daemon.rotate(reply); }},
    {"help",
     [](bool, DaemonInterface&, const DaemonInterface::Reply& reply) {
       reply({true, help_text()});
     }},
};

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

void execute_command(const ControlRequest& request, DaemonInterface& daemon,
                     const DaemonInterface::Reply& reply) {
  const std::string_view wanted = trim(request.command);
  if (wanted.empty()) return reply({false, "missing command: apiary ctl help lists them\n"});
  if (const auto found = commands.find(wanted); found != commands.end())
    return found->second(request.json, daemon, reply);

  const bool is_one_word = wanted.find_first_of(" \t") == std::string_view::npos;
  daemon.apply(std::string(wanted), [reply, is_one_word](ControlResponse answer) {
    if (!answer.ok && is_one_word) answer.text += "hint: apiary ctl help lists the commands\n";
    reply(std::move(answer));
  });
}

}  // namespace apiary
