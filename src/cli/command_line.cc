#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/commands.h"
#include "cli/describe.h"
#include "cli/option_values.h"
#include "cli/usage_error.h"

namespace apiary {
namespace {

constexpr int usage_error = 2;

constexpr const char* examples = R"(Examples:
  sudo apiary run -f examples/flat.conf -i eth0 192.168.1.192/26
      answer for unused addresses of the network that eth0 is on (proxy ARP)
  sudo apiary run -f examples/figure5.conf -i eth0
      answer for all addresses that the file binds and routes; a router sends them here
  sudo apiary run -f examples/figure5.conf -i tun:honey 10.0.0.0/8
      the same for this machine only, through a new interface
  sudo apiary doctor -f examples/flat.conf -i eth0
      find out why packets do not reach the honeypots, and print the remedy
  apiary check examples/figure5.conf
      check a configuration for errors
  apiary audit examples/figure5.conf
      find out what distinguishes its hosts from real machines
  apiary explain examples/figure5.conf 10.1.0.2 tcp 80
      show what answers there, and which lines of the file decide it
  sudo apiary ctl 'bind 10.0.0.9 netbsd'
      change the running daemon; apiary ctl help lists all commands
  apiary replay -f examples/figure5.conf scan.pcap
      show the honeynet's replies to a capture
)";

/// Puts the examples before everything else, and one empty line between parts.
class ExamplesFirst : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    const bool is_top = app->get_parent() == nullptr;
    std::string help = CLI::Formatter::make_help(app, name, mode);
    // CLI11 separates groups of options by two empty lines.
    for (std::size_t at = 0; (at = help.find("\n\n\n", at)) != std::string::npos;)
      help.erase(at, 1);
    while (help.ends_with("\n\n")) help.pop_back();
    return (is_top ? std::string(examples) + "\n" : "") + help;
  }
};

/// CLI11 takes the word after "--key=" as the value.
std::string refuse_values_left_out(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == "--") break;
    if (word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1)
      return fmt::format("apiary: {} is empty: remove it, or give it a value\n",
                         word.substr(0, word.size() - 1));
  }
  return "";
}

void refuse_empty_values_everywhere(CLI::App& app) {
  for (CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; })) {
    // A statement for ctl may contain an empty text; the daemon checks it.
    if (command->get_name() != "ctl") refuse_empty_values(*command);
    refuse_empty_values_everywhere(*command);
  }
}

}  // namespace

std::unique_ptr<CLI::App> make_command_line(Action& action) {
  auto app = std::make_unique<CLI::App>(
      "Apiary, a virtual honeypot daemon: one process answers for thousands of addresses as if "
      "each were a real machine.",
      "apiary");
  app->formatter(std::make_shared<ExamplesFirst>());
  app->set_version_flag("--version", "apiary " APIARY_VERSION, "Print the version");
  app->set_help_flag("-h,--help", "Print this help");
  app->require_subcommand(1);
  for (const auto add :
       {add_run_command, add_spawner_command, add_doctor_command, add_check_command,
        add_audit_command, add_explain_command, add_topology_command, add_format_command,
        add_replay_command, add_personality_command, add_control_command, add_top_command,
        add_web_command, add_events_command, add_report_command, add_help_command,
        add_version_command})
    add(*app, action);
  refuse_empty_values_everywhere(*app);
  return app;
}

CommandLine parse_command_line(const std::vector<std::string>& words) {
  CommandLine result;
  if (words == std::vector<std::string>{"--describe"}) {
    result.output = describe_program();
    return result;
  }
  auto action = std::make_shared<Action>();
  const std::shared_ptr<CLI::App> app = make_command_line(*action);
  result.error = refuse_values_left_out(words);
  if (!result.error.empty()) return result;
  try {
    app->parse(std::vector<std::string>(words.rbegin(), words.rend()));
    // What the action does uses options that the app's callbacks hold.
    result.action = [app, action] { return (*action)(); };
  } catch (const CLI::Success& asked) {
    std::ostringstream text, none;
    app->exit(asked, text, none);
    result.output = text.str();
  } catch (const CLI::ParseError& error) {
    result.error = explain_usage_error(*app, error);
  }
  return result;
}

int run_command_line(int argc, char** argv) {
  const CommandLine line = parse_command_line(std::vector<std::string>(argv + 1, argv + argc));
  if (line.action) return line.action();
  fmt::print("{}", line.output);
  fmt::print(stderr, "{}", line.error);
  return line.error.empty() ? 0 : usage_error;
}

}  // namespace apiary
