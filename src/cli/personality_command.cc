#include <fmt/ranges.h>

#include "cli/commands.h"
#include "cli/option_values.h"
#include "cli/personality_search.h"

namespace apiary {

void add_personality_command(CLI::App& app, Action& action) {
  CLI::App* const personality =
      app.add_subcommand("personality", "List, search and show personalities");
  personality->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, const char* argument,
                       const char* argument_is, int (*run)(const PersonalityOptions&)) {
    struct Words {
      PersonalityOptions options{};
      std::vector<std::string> words{};
    };
    auto given = std::make_shared<Words>();
    CLI::App* const command = personality->add_subcommand(name, what);
    if (argument != nullptr) command->add_option(argument, given->words, argument_is)->required();
    add_personalities_option(*command, given->options.personalities);
    command->callback([given, run, &action] {
      given->options.name = fmt::format("{}", fmt::join(given->words, " "));
      action = [given, run] { return run(given->options); };
    });
  };
  add("list", "List all names for `set TEMPLATE personality`", nullptr, "", list_personalities);
  add("search", "List the names that contain these words", "WORDS",
      "Parts of the name, in any order", search_personalities);
  add("show", "Show a host's reply to each of Nmap's probes, in the notation of packet scripts",
      "NAME", "A name from the list; quotation marks are optional", show_personality);
}

}  // namespace apiary
