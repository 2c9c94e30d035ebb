#include "cli/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "audit/configuration_tells.h"
#include "base/counted.h"
#include "base/json_writer.h"
#include "base/printable.h"
#include "config/source_snippet.h"
#include "prober/command_text.h"
#include "setup/service_programs.h"

namespace apiary {
namespace {

std::string folder_of(const CheckOptions& options) {
  return std::filesystem::absolute(options.configuration).lexically_normal().parent_path().string();
}

/// Adds warnings about services that cannot run, as far as this user can tell.
void warn_of_programs(ExaminedConfiguration& examined, const CheckOptions& options) {
  const std::string folder = folder_of(options);
  for (const MissingProgram& missing : missing_programs(
           examined.configuration.scripts, {.directory = folder, .user = options.service_user}))
    examined.diagnostics.push_back(
        {.severity = Severity::warning, .place = missing.place, .message = missing.sentence});
}

/// Adds what tells the hosts from real machines.
void warn_of_tells(ExaminedConfiguration& examined, const CheckOptions& options) {
  if (examined.is_broken()) return;
  const std::string folder = folder_of(options);
  const CommandText text_of = [&](const std::string& command) {
    return command_text(command, folder);
  };
  for (ConfigurationTell& tell : configuration_tells(examined.configuration, text_of))
    examined.diagnostics.push_back(std::move(tell.diagnostic));
}

void write_place(JsonWriter& json, Span place, const SourceText& source) {
  const LineColumn from = source.locate(place.begin), to = source.locate(place.end);
  json.member("file", source.file_at(place.begin).name);
  json.member("line", from.line);
  json.member("column", from.column);
  json.member("end_line", to.line);
  json.member("end_column", to.column);
}

void write_diagnostic(JsonWriter& json, const Diagnostic& diagnostic, const SourceText& source) {
  json.begin_object_element();
  json.member("severity", name_of(diagnostic.severity));
  write_place(json, diagnostic.place, source);
  json.member("message", printable(diagnostic.message));
  json.member("hint", printable(diagnostic.hint));
  json.begin_array("notes");
  for (const DiagnosticNote& note : diagnostic.notes) {
    json.begin_object_element();
    write_place(json, note.place, source);
    json.member("message", printable(note.message));
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_report(JsonWriter& json, const ExaminedConfiguration& examined, bool passes) {
  json.member("file", examined.source->name());
  json.member("passes", passes);
  if (const auto& honeynet = examined.configuration.honeynet) {
    json.member("hosts", honeynet->parts().hosts.addresses().size());
    json.member("routers", honeynet->topology().routers().size());
    json.member("addresses", examined.configuration.addresses.size());
  }
  if (!examined.problem.empty()) json.member("problem", printable(examined.problem));
  if (!examined.errors.empty()) {
    json.begin_array("personalities");
    for (const std::string& error : examined.errors) json.element(printable(error));
    json.end_array();
  }
  json.begin_array("diagnostics");
  for (const Diagnostic& diagnostic : examined.diagnostics)
    write_diagnostic(json, diagnostic, *examined.source);
  json.end_array();
}

}  // namespace

int run_check(const CheckOptions& options) {
  auto examined = examine_configuration(
      {options.configuration, options.personalities, {.ids = options.allowed_users}}, true);
  if (!examined) {
    fmt::print(stderr, "{}\n", examined.error());
    return 1;
  }
  warn_of_programs(*examined, options);
  warn_of_tells(*examined, options);
  sort_by_place(examined->diagnostics);
  const auto& diagnostics = examined->diagnostics;
  const bool has_complaints =
      !examined->errors.empty() ||
      std::any_of(diagnostics.begin(), diagnostics.end(),
                  [](const Diagnostic& d) { return d.severity != Severity::notice; });
  const bool passes = !has_errors(diagnostics) && !(options.strict && has_complaints);
  if (options.json) {
    fmt::print("{}\n",
               json_object_text([&](JsonWriter& json) { write_report(json, *examined, passes); }));
    return passes ? 0 : 1;
  }
  fmt::print(stderr, "{}", render(*examined));
  if (has_errors(diagnostics)) return 1;
  const auto& parts = examined->configuration.honeynet->parts();
  fmt::print("{}: no errors; {}, {}, {}\n", options.configuration,
             counted(parts.hosts.addresses().size(), "host"),
             counted(parts.topology.routers().size(), "router"),
             counted(examined->configuration.addresses.size(), "address"));
  return passes ? 0 : 1;
}

}  // namespace apiary
