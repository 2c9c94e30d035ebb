#include "cli/describe.h"

#include <fmt/format.h>

#include <CLI/App.hpp>

#include "base/json_writer.h"
#include "cli/command_line.h"
#include "cli/option_values.h"
#include "config/keywords.h"
#include "config/traits.h"
#include "control/command_list.h"
#include "daemon/sink_registry.h"
#include "event/event_kind.h"

namespace apiary {
namespace {

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

void describe_option(JsonWriter& json, CLI::Option& option) {
  const int most = option.get_items_expected_max();
  const bool is_argument = option.get_positional();
  json.begin_object_element();
  json.array("names", is_argument ? std::vector<std::string>{option.get_name()} : names_of(option));
  json.member("description", option.get_description());
  if (most > 0 && !is_argument) json.member("value", option.get_type_name());
  // Where a value may be left out, it stands for that.
  if (!option.get_default_str().empty() && option.get_items_expected_min() > 0)
    json.member("default", option.get_default_str());
  if (const auto choices = choices_of(option); !choices.empty()) json.array("choices", choices);
  if (option.get_type_name() == "SINK") {
    json.begin_array("beginnings");
    for (const SinkKind* const kind : sink_kinds()) json.element(fmt::format("{}:", kind->name));
    json.end_array();
  }
  json.member("required", option.get_required());
  json.member("repeatable", most > 1);
  json.end_object();
}

void describe_options(JsonWriter& json, std::string_view name, CLI::App& command,
                      bool are_arguments) {
  json.begin_array(name);
  for (CLI::Option* const option : command.get_options())
    if (!option->get_group().empty() &&  // an empty group: old names, which are not listed
        option->get_positional() == are_arguments)
      describe_option(json, *option);
  json.end_array();
}

/// The members of a command's object.
void describe_command(JsonWriter& json, CLI::App& command) {
  json.member("name", command.get_name());
  json.member("description", command.get_description());
  describe_options(json, "options", command, false);
  describe_options(json, "arguments", command, true);
  json.begin_array("commands");
  for (CLI::App* const sub : command.get_subcommands([](CLI::App*) { return true; })) {
    json.begin_object_element();
    describe_command(json, *sub);
    json.end_object();
  }
  json.end_array();
}

void describe_language(JsonWriter& json) {
  const LanguageWords words = language_words();
  json.begin_object("language");
  json.array("statements", words.statements);
  json.array("actions", words.actions);
  json.array("words", words.others);
  json.begin_array("traits");
  for (const TraitSpec& trait : trait_specs()) {
    json.begin_object_element();
    json.member("syntax", trait.syntax);
    json.member("summary", trait.summary);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void describe_events(JsonWriter& json) {
  json.begin_array("events");
  for (const EventKindSpec* const kind : event_kind_specs()) {
    json.begin_object_element();
    json.member("name", kind->name);
    json.member("title", kind->title);
    json.member("group", name_of(kind->group));
    json.member("tone", name_of(kind->tone));
    json.member("emitted_when", kind->emitted_when);
    json.member("fields", kind->fields);
    json.end_object();
  }
  json.end_array();
  json.begin_array("event_groups");
  for (unsigned i = 0; i < static_cast<unsigned>(EventGroup::none); ++i)
    json.element(name_of(static_cast<EventGroup>(i)));
  json.end_array();
}

void describe_control(JsonWriter& json) {
  json.begin_array("control");
  for (const ControlCommand& command : control_commands) {
    json.begin_object_element();
    json.member("name", command.name);
    json.member("description", command.description);
    json.member("json", command.has_json);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string describe_program() {
  Action none;
  return json_object_text([&](JsonWriter& json) {
           describe_language(json);
           describe_events(json);
           json.begin_object("program");
           describe_command(json, *make_command_line(none));
           json.end_object();
           describe_control(json);
         }) +
         "\n";
}

}  // namespace apiary
