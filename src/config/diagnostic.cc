#include "config/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "config/source_snippet.h"

namespace apiary {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::notice:
      return "notice";
    case Severity::unsupported:
      return "not yet";
  }
  return "";
}

namespace {

std::string render_place(Span place, std::string_view kind, std::string_view message,
                         const SourceText& source) {
  const SourceSnippet snippet = snippet_of(source, place);
  return fmt::format("{}: {}: {}\n{}\n{}\n", source.place_name(place.begin), kind,
                     printable(message), snippet.line, snippet.underline);
}

std::string counted(std::ptrdiff_t count, std::string_view noun) {
  if (count == 1) return fmt::format("1 {}", noun);
  const std::size_t head = std::min(noun.find(' '), noun.size());  // "statements not supported"
  return fmt::format("{} {}s{}", count, noun.substr(0, head), noun.substr(head));
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
  for (auto at = source.file_at(diagnostic.place.begin).included_at; at;
       at = source.file_at(at->begin).included_at)
    text += render_place(*at, "note", "the file is included here", source);
  return text;
}

std::string render(const Diagnostics& diagnostics, const SourceText& source) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += render(diagnostic, source);

  const auto count = [&](Severity severity) {
    return std::count_if(diagnostics.begin(), diagnostics.end(),
                         [&](const Diagnostic& d) { return d.severity == severity; });
  };
  std::vector<std::string> counts;
  for (const auto& [severity, noun] :
       {std::pair{Severity::warning, "warning"}, std::pair{Severity::error, "error"},
        std::pair{Severity::unsupported, "statement not supported yet"}})
    if (const auto number = count(severity); number != 0) counts.push_back(counted(number, noun));
  if (!counts.empty()) text += fmt::format("{}\n", fmt::join(counts, " and "));
  return text;
}

}  // namespace apiary
