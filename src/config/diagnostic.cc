#include "config/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/excerpt.h"

namespace apiary {
namespace {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::notice:
      return "notice";
  }
  return "";
}

std::string render_place(Span place, std::string_view kind, std::string_view message,
                         const SourceText& source) {
  const LineColumn at = source.locate(place.begin);
  const Excerpt excerpt = excerpt_of(source, place);
  return fmt::format("{}:{}:{}: {}: {}\n{}\n{}\n", source.name(), at.line, at.column, kind,
                     printable(message), excerpt.line, excerpt.underline);
}

std::string counted(std::ptrdiff_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

void sort_by_place(Diagnostics& diagnostics) {
  std::stable_sort(
      diagnostics.begin(), diagnostics.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.place.begin < b.place.begin; });
}

std::string render(const Diagnostic& diagnostic, const SourceText& source) {
  std::string text =
      render_place(diagnostic.place, name_of(diagnostic.severity), diagnostic.message, source);
  if (!diagnostic.hint.empty()) text += fmt::format("hint: {}\n", printable(diagnostic.hint));
  for (const DiagnosticNote& note : diagnostic.notes)
    text += render_place(note.place, "note", note.message, source);
  return text;
}

std::string render(const Diagnostics& diagnostics, const SourceText& source) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += render(diagnostic, source);

  const auto count = [&](Severity severity) {
    return std::count_if(diagnostics.begin(), diagnostics.end(),
                         [&](const Diagnostic& d) { return d.severity == severity; });
  };
  const auto errors = count(Severity::error);
  const auto warnings = count(Severity::warning);
  if (errors != 0 && warnings != 0) {
    text += counted(warnings, "warning") + " and " + counted(errors, "error") + "\n";
  } else if (errors != 0 || warnings != 0) {
    text += (errors != 0 ? counted(errors, "error") : counted(warnings, "warning")) + "\n";
  }
  return text;
}

}  // namespace apiary
