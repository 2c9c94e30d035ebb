#include "cli/describe.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include "cli/command_line.h"
#include "cli/option_values.h"
#include "config/keywords.h"
#include "config/traits.h"
#include "control/command_list.h"
#include "daemon/sink_registry.h"
#include "event/event_kind.h"

namespace apiary {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

Json describe_option(CLI::Option& option) {
  const int most = option.get_items_expected_max();
  Json described = {{"names", names_of(option)}, {"description", option.get_description()}};
  if (option.get_positional()) described["names"] = {option.get_name()};
  if (most > 0 && !option.get_positional()) described["value"] = option.get_type_name();
  if (!option.get_default_str().empty()) described["default"] = option.get_default_str();
  if (const auto choices = choices_of(option); !choices.empty()) described["choices"] = choices;
  if (option.get_type_name() == "SINK")
    for (const SinkKind* const kind : sink_kinds())
      described["beginnings"].push_back(fmt::format("{}:", kind->name));
  described["required"] = option.get_required();
  described["repeatable"] = most > 1;
  return described;
}

Json describe_command(CLI::App& command) {
  Json options = Json::array(), arguments = Json::array(), commands = Json::array();
  for (CLI::Option* const option : command.get_options())
    if (!option->get_group().empty())  // an empty group: old names, which are not listed
      (option->get_positional() ? arguments : options).push_back(describe_option(*option));
  for (CLI::App* const sub : command.get_subcommands([](CLI::App*) { return true; }))
    commands.push_back(describe_command(*sub));
  return {{"name", command.get_name()},
          {"description", command.get_description()},
          {"options", options},
          {"arguments", arguments},
          {"commands", commands}};
}

}  // namespace

std::string describe_program() {
  Action none;
  Json control = Json::array();
  for (const ControlCommand& command : control_commands)
    control.push_back(
        {{"name", command.name}, {"description", command.description}, {"json", command.has_json}});
  const LanguageWords words = language_words();
  Json traits = Json::array();
  for (const TraitSpec& trait : trait_specs())
    traits.push_back({{"syntax", trait.syntax}, {"summary", trait.summary}});
  const Json language = {{"statements", words.statements},
                         {"actions", words.actions},
                         {"words", words.others},
                         {"traits", traits}};
  Json events = Json::array();
  for (const EventKindSpec& kind : event_kind_specs())
    events.push_back({{"name", kind.name},
                      {"title", kind.title},
                      {"group", name_of(kind.group)},
                      {"emitted_when", kind.emitted_when},
                      {"fields", kind.fields}});
  Json groups = Json::array();
  for (unsigned i = 0; i < static_cast<unsigned>(EventGroup::none); ++i)
    groups.push_back(name_of(static_cast<EventGroup>(i)));
  const Json described = {{"language", language},
                          {"events", events},
                          {"event_groups", groups},
                          {"program", describe_command(*make_command_line(none))},
                          {"control", control}};
  return described.dump(1) + "\n";
}

}  // namespace apiary
