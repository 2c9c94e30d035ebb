#include "runtime/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "config/excerpt.h"
#include "runtime/json_text.h"
#include "runtime/service_programs.h"

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

std::string json_place(Span place, const SourceText& source) {
  const LineColumn from = source.locate(place.begin);
  const LineColumn to = source.locate(place.end);
  return fmt::format(
      R"("file":{},"line":{},"column":{},"end_line":{},"end_column":{})",
      json_string(source.file_at(place.begin).name), from.line, from.column, to.line, to.column);
}

std::string json_diagnostic(const Diagnostic& diagnostic, const SourceText& source) {
  std::string notes;
  for (const DiagnosticNote& note : diagnostic.notes)
    notes += fmt::format(R"({}{{{},"message":{}}})", notes.empty() ? "" : ",",
                         json_place(note.place, source), json_string(printable(note.message)));
  return fmt::format(R"({{"severity":{},{},"message":{},"hint":{},"notes":[{}]}})",
                     json_string(name_of(diagnostic.severity)),
                     json_place(diagnostic.place, source),
                     json_string(printable(diagnostic.message)),
                     json_string(printable(diagnostic.hint)), notes);
}

void print_json(const ExaminedConfiguration& examined, bool passes) {
  std::string list;
  for (const Diagnostic& diagnostic : examined.diagnostics)
    list += (list.empty() ? "\n  " : ",\n  ") + json_diagnostic(diagnostic, *examined.source);
  std::string counts;
  if (const auto& honeynet = examined.configuration.honeynet)
    counts = fmt::format(R"("hosts":{},"routers":{},"addresses":{},)",
                         honeynet->parts().hosts.addresses().size(),
                         honeynet->topology().routers().size(),
                         examined.configuration.addresses.size());
  fmt::print("{{\"file\":{},\"passes\":{},{}\"diagnostics\":[{}]}}\n",
             json_string(examined.source->name()), passes, counts, list);
}

}  // namespace

int run_check(const CheckOptions& options) {
  auto examined = examine_configuration(options.configuration, options.personalities);
  if (!examined) {
    fmt::print(stderr, "{}\n", examined.error());
    return 1;
  }
  warn_of_programs(*examined, options);
  const auto& diagnostics = examined->diagnostics;
  const bool has_complaints =
      std::any_of(diagnostics.begin(), diagnostics.end(),
                  [](const Diagnostic& d) { return d.severity != Severity::notice; });
  const bool passes = !has_errors(diagnostics) && !(options.strict && has_complaints);
  if (options.json) {
    print_json(*examined, passes);
    return passes ? 0 : 1;
  }
  fmt::print(stderr, "{}", render(diagnostics, *examined->source));
  if (has_errors(diagnostics) && !examined->problem.empty())
    fmt::print(stderr, "{}\n", examined->problem);
  if (has_errors(diagnostics)) return 1;
  const auto& parts = examined->configuration.honeynet->parts();
  fmt::print("{}: no errors; {} hosts, {} routers, {} addresses\n", options.configuration,
             parts.hosts.addresses().size(), parts.topology.routers().size(),
             examined->configuration.addresses.size());
  return passes ? 0 : 1;
}

}  // namespace apiary
