#pragma once

#include <CLI/App.hpp>

#include "cli/command_line.h"

namespace apiary {

/// Each adds a subcommand, which sets `action` when it is parsed. Checks of several options
/// together throw CLI::ValidationError.
void add_run_command(CLI::App& app, Action& action);
void add_spawner_command(CLI::App& app, Action& action);
void add_doctor_command(CLI::App& app, Action& action);
void add_check_command(CLI::App& app, Action& action);
void add_audit_command(CLI::App& app, Action& action);
void add_explain_command(CLI::App& app, Action& action);
void add_topology_command(CLI::App& app, Action& action);
void add_format_command(CLI::App& app, Action& action);
void add_replay_command(CLI::App& app, Action& action);
void add_personality_command(CLI::App& app, Action& action);
void add_control_command(CLI::App& app, Action& action);
void add_top_command(CLI::App& app, Action& action);
void add_web_command(CLI::App& app, Action& action);
void add_events_command(CLI::App& app, Action& action);
void add_report_command(CLI::App& app, Action& action);
void add_help_command(CLI::App& app, Action& action);
void add_version_command(CLI::App& app, Action& action);

}  // namespace apiary
