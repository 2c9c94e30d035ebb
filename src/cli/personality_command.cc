#include <fmt/ranges.h>

#include "cli/commands.h"
#include "cli/option_values.h"
#include "cli/personality_search.h"

namespace apiary {

void add_personality_command(CLI::App& app, Action& action) {
  CLI::App* const personality =
      app.add_subcommand("personality", "Say which personalities there are, and how they answer");
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
  add("list", "Every name, as `set TEMPLATE personality` takes it", nullptr, "",
      list_personalities);
  add("search", "The names that have these words in them", "WORDS",
      "Parts of the name, in any order", search_personalities);
  add("show", "What a host of it sends to each probe, as packet scripts spell it", "NAME",
      "A name of the list; quotation marks may be left out", show_personality);
}

}  // namespace apiary
