#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/usage_error.h"

namespace apiary {

void add_help_command(CLI::App& app, Action& action) {
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* const help = app.add_subcommand("help", "Print help for a subcommand");
  help->add_option("COMMAND", *words, "A subcommand, such as run or personality search");
  help->callback([words, &app, &action] {
    CLI::App* about = &app;
    std::string path = "apiary";
    for (const std::string& word : *words) {
      const auto named = [&](const CLI::App* command) { return command->get_name() == word; };
      const std::vector<CLI::App*> found = about->get_subcommands(named);
      if (found.empty()) throw CLI::ValidationError(unknown_command(*about, word));
      about = found.front();
      path += " " + word;
    }
    // CLI::App::help() would describe the parsed subcommand, which is help itself.
    action = [text = about->get_formatter()->make_help(about, path, CLI::AppFormatMode::Normal)] {
      fmt::print("{}", text);
      return 0;
    };
  });
}

void add_version_command(CLI::App& app, Action& action) {
  app.add_subcommand("version", "Print the version")->callback([&action] {
    action = [] {
      fmt::print("apiary {}\n", APIARY_VERSION);
      return 0;
    };
  });
}

}  // namespace apiary
