// The subcommands that talk to a daemon, or examine the machine for one.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/option_values.h"
#include "cli/service_options.h"
#include "cli/top_command.h"
#include "config/keywords.h"
#include "config/nearest.h"
#include "control/command_list.h"
#include "control/control_client.h"
#include "doctor/doctor.h"

namespace apiary {
namespace {

std::string names_of_commands(bool only_with_json) {
  std::string names;
  for (const ControlCommand& command : control_commands)
    if (command.has_json || !only_with_json)
      names += (names.empty() ? "" : ", ") + std::string(command.name);
  return names;
}

/// A statement has several words, so a single word may be a mistyped command.
void refuse_slip(const std::string& word) {
  std::vector<std::string_view> names;
  for (const ControlCommand& command : control_commands) names.push_back(command.name);
  const std::string_view meant = nearest_word(word, names);
  if (!meant.empty() && !is_statement_word(word))
    throw CLI::ValidationError("ctl",
                               fmt::format("unknown command '{}': did you mean {}?", word, meant));
}

}  // namespace

void add_doctor_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<DoctorOptions>();
  CLI::App* const doctor = app.add_subcommand(
      "doctor", "Find out why packets do not reach the honeypots, and print the remedy");
  doctor->add_option("-f,--file", options->configuration, "The configuration")->type_name("FILE");
  doctor
      ->add_option(
          "-i,--interface", options->interface,
          "Interface that receives the packets, as with run (default: that of the default route)")
      ->type_name("IFACE");
  doctor->add_option("NET", options->nets, "Addresses to answer for, as with run");
  doctor->add_option("--control", options->control, "Control socket of the daemon")
      ->type_name("PATH")
      ->capture_default_str();
  add_service_user_options(*doctor, options->service_user, options->allowed_users);
  add_containment_options(*doctor, options->service_users, options->contain);
  doctor->add_flag("--allow-asymmetric", options->allows_asymmetric, "As with run");
  doctor->add_flag("--json", options->json, "Print JSON");
  add_personalities_option(*doctor, options->personalities);
  doctor->callback([options, &action] { action = [options] { return run_doctor(*options); }; });
}

void add_control_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ControlOptions>();
  CLI::App* const control = app.add_subcommand("ctl", "Query or change the running daemon");
  control->add_option("--socket", options->socket, "Control socket of the daemon")
      ->type_name("PATH")
      ->capture_default_str();
  control->add_flag("--json", options->json, "Print JSON; for " + names_of_commands(true));
  control
      ->add_option("COMMAND", options->words,
                   names_of_commands(false) + ", or a statement of the configuration language")
      ->required();
  control->callback([options, &action] {
    const ControlCommand* const command =
        options->words.size() == 1 ? control_command(options->words.front()) : nullptr;
    if (options->words.size() == 1 && command == nullptr) refuse_slip(options->words.front());
    if (options->json && (command == nullptr || !command->has_json))
      throw CLI::ValidationError(
          "--json", fmt::format("'{}' has no JSON output; these have: {}", options->words.front(),
                                names_of_commands(true)));
    action = [options] { return run_control(*options); };
  });
}

void add_top_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<TopOptions>();
  CLI::App* const top = app.add_subcommand("top", "Watch the running daemon; q quits");
  top->add_option("--socket", options->socket, "Control socket of the daemon")
      ->type_name("PATH")
      ->capture_default_str();
  top->add_flag("--once", options->once, "Print once and exit");
  top->callback([options, &action] { action = [options] { return run_top(*options); }; });
}

}  // namespace apiary
