/// For tests: a short form of diagnostics for tables.
#pragma once

#include <fmt/format.h>

#include <string>

#include "config/diagnostic.h"

namespace apiary {

/// "LINE:COLUMN 'underlined text' error: MESSAGE", then a line for each hint and note.
inline std::string summary(const Diagnostics& diagnostics, const SourceText& source) {
  const auto placed = [&](Span place) {
    const LineColumn at = source.locate(place.begin);
    return fmt::format("{}:{} '{}'", at.line, at.column, source.text(place));
  };
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    text += fmt::format("{} {}: {}\n", placed(diagnostic.place), name_of(diagnostic.severity),
                        diagnostic.message);
    if (!diagnostic.hint.empty()) text += fmt::format("  hint: {}\n", diagnostic.hint);
    for (const DiagnosticNote& note : diagnostic.notes)
      text += fmt::format("  note: {} {}\n", placed(note.place), note.message);
  }
  return text;
}

}  // namespace apiary
