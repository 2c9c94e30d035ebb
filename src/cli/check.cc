#include "cli/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/counted.h"
#include "base/printable.h"
#include "config/source_snippet.h"
#include "control/json_text.h"
#include "setup/service_programs.h"

namespace apiary {
namespace {

/// Adds warnings about services that cannot run, as far as this user can tell.
void warn_of_programs(ExaminedConfiguration& examined, const CheckOptions& options) {
  const auto folder =
      std::filesystem::absolute(options.configuration).lexically_normal().parent_path().string();
  for (const MissingProgram& missing :
       missing_programs(examined.configuration.scripts, folder, options.service_user))
    examined.diagnostics.push_back(
        {.severity = Severity::warning, .place = missing.place, .message = missing.sentence});
  sort_by_place(examined.diagnostics);
}

using Json = nlohmann::ordered_json;

Json json_of(Span place, const SourceText& source) {
  const LineColumn from = source.locate(place.begin), to = source.locate(place.end);
  return {{"file", source.file_at(place.begin).name},
          {"line", from.line},
          {"column", from.column},
          {"end_line", to.line},
          {"end_column", to.column}};
}

Json json_of(const Diagnostic& diagnostic, const SourceText& source) {
  Json object = {{"severity", name_of(diagnostic.severity)}};
  object.update(json_of(diagnostic.place, source));
  object["message"] = printable(diagnostic.message);
  object["hint"] = printable(diagnostic.hint);
  object["notes"] = Json::array();
  for (const DiagnosticNote& note : diagnostic.notes) {
    Json entry = json_of(note.place, source);
    entry["message"] = printable(note.message);
    object["notes"].push_back(std::move(entry));
  }
  return object;
}

void print_json(const ExaminedConfiguration& examined, bool passes) {
  Json report = {{"file", examined.source->name()}, {"passes", passes}};
  if (const auto& honeynet = examined.configuration.honeynet) {
    report["hosts"] = honeynet->parts().hosts.addresses().size();
    report["routers"] = honeynet->topology().routers().size();
    report["addresses"] = examined.configuration.addresses.size();
  }
  if (!examined.problem.empty()) report["problem"] = printable(examined.problem);
  if (!examined.complaints.empty()) {
    report["personalities"] = Json::array();
    for (const std::string& complaint : examined.complaints)
      report["personalities"].push_back(printable(complaint));
  }
  report["diagnostics"] = Json::array();
  for (const Diagnostic& diagnostic : examined.diagnostics)
    report["diagnostics"].push_back(json_of(diagnostic, *examined.source));
  fmt::print("{}\n", json_text(report));
}

}  // namespace

int run_check(const CheckOptions& options) {
  auto examined = examine_configuration({options.configuration, options.personalities});
  if (!examined) {
    fmt::print(stderr, "{}\n", examined.error());
    return 1;
  }
  warn_of_programs(*examined, options);
  const auto& diagnostics = examined->diagnostics;
  const bool has_complaints =
      !examined->complaints.empty() ||
      std::any_of(diagnostics.begin(), diagnostics.end(),
                  [](const Diagnostic& d) { return d.severity != Severity::notice; });
  const bool passes = !has_errors(diagnostics) && !(options.strict && has_complaints);
  if (options.json) {
    print_json(*examined, passes);
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
