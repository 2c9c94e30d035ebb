#include "cli/usage_error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "cli/honeyd_options.h"
#include "config/nearest.h"

namespace apiary {
namespace {

/// The path of the innermost subcommand: "personality search".
const CLI::App& deepest(const CLI::App& app) {
  const std::vector<CLI::App*> parsed = app.get_subcommands();
  return parsed.empty() ? app : deepest(*parsed.front());
}

std::string path_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : path_of(*app.get_parent()) + " " + app.get_name();
}

bool looks_like_option(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  const std::string_view nearest = nearest_word(word, views);
  return nearest.empty() ? "" : fmt::format(": did you mean {}?", nearest);
}

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* const option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

/// The first subcommand of `app` that takes the option; nullptr: none does.
const CLI::App* first_with_option(const CLI::App& app, const std::string& name) {
  for (const CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; }))
    if (command->get_option_no_throw(name) != nullptr) return command;
  return nullptr;
}

std::string explain_unknown_option(const CLI::App& command, const std::string& name) {
  if (command.get_option_no_throw(name) != nullptr)  // apiary -f x.conf run
    return fmt::format("{} must follow the subcommand: {} {}", name, path_of(command), name);
  if (const CLI::App* const taker = first_with_option(command, name))  // apiary -f x.conf
    return fmt::format("{} belongs to a subcommand: {} {}", name, path_of(*taker), name);
  const std::string_view instead = replacement_of_honeyd_option(name);
  const bool runs = command.get_parent() == nullptr || command.get_name() == "run";
  if (runs && !instead.empty())
    return fmt::format("unknown option {}, which Honeyd has: {}", name, instead);
  return fmt::format("unknown option {}{}", name, did_you_mean(name, options_of(command)));
}

/// Suggests what the first of `words` may have meant. No option and no argument took them.
std::string explain_unexpected(const CLI::App& command, const std::vector<std::string>& words) {
  for (const std::string& word : words)
    if (looks_like_option(word))
      return explain_unknown_option(command, word.substr(0, word.find('=')));
  if (!commands_of(command).empty()) return unknown_command(command, words.front());
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "'" : " ") + word;
  return all + (words.size() == 1 ? "' is an unexpected argument" : "' are unexpected arguments");
}

/// Replaces CLI11's message about too few or too many values, which is about types.
std::string explain_number_of_values(const CLI::App& command, const CLI::ParseError& error) {
  for (const CLI::Option* const option : command.get_options()) {
    const int most = option->get_items_expected_max();
    if (most > 0 && static_cast<int>(option->count()) > most)
      return option->get_name() + " was given more than once";
  }
  const std::string what = error.what();
  const std::string name = what.substr(0, what.find(':'));
  if (const CLI::Option* const option = command.get_option_no_throw(name))
    return fmt::format("{} needs a value: {}", name, option->get_type_name());
  return what;
}

/// For words that name a configuration without -f: some subcommands take it as an argument.
std::string file_without_its_option(const CLI::App& command) {
  for (const CLI::Option* const option : command.get_options())
    if (option->get_positional() && option->count() > 0 &&
        access(option->results().front().c_str(), F_OK) == 0)
      return ": did you mean -f " + option->results().front() + "?";
  return ": name the configuration with -f FILE";
}

/// For "--json=banana": the option takes no value.
std::string explain_conversion(const CLI::App& command, const CLI::ParseError& error) {
  for (const CLI::Option* const option : command.get_options())
    if (option->get_items_expected_max() == 0 && option->count() > 0 &&
        std::string(error.what()).find(option->get_name()) != std::string::npos)
      return option->get_name() + " takes no value";
  return error.what();
}

/// `unexpected`: words that neither an option nor an argument took.
std::string explain_error(const CLI::App& command, const CLI::ParseError& error,
                          std::vector<std::string> unexpected) {
  std::erase(unexpected, "--");
  if (!unexpected.empty()) return explain_unexpected(command, unexpected);
  if (error.get_name() == "ArgumentMismatch") return explain_number_of_values(command, error);
  if (error.get_name() == "ConversionError") return explain_conversion(command, error);
  if (error.get_name() == "RequiredError" && !commands_of(command).empty())
    return fmt::format("missing subcommand: use one of {}", fmt::join(commands_of(command), ", "));
  const std::string what = error.what();
  return what + (what.starts_with("--file is required") ? file_without_its_option(command) : "");
}

}  // namespace

std::string unknown_command(const CLI::App& app, const std::string& word) {
  const std::vector<std::string> names = commands_of(app);
  const std::string meant = did_you_mean(word, names);
  if (!meant.empty()) return fmt::format("unknown subcommand '{}'{}", word, meant);
  if (names.empty()) return fmt::format("{} has no subcommands", app.get_name());
  return fmt::format("unknown subcommand '{}': use one of {}", word, fmt::join(names, ", "));
}

std::string explain_usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = deepest(app);
  const std::string path = path_of(command);
  return fmt::format("{}: {}\nsee {} --help\n", path,
                     explain_error(command, error, app.remaining(true)), path);
}

}  // namespace apiary
