#pragma once

#include <string>
#include <vector>

#include "config/source_text.h"

namespace apiary {

enum class Severity : std::uint8_t {
  error,        // the configuration cannot be used
  warning,      // it can be used, but probably not as intended
  notice,       // information
  unsupported,  // valid, but not implemented yet
};

/// Another place related to a diagnostic.
struct DiagnosticNote {
  Span place;
  std::string message;
};

/// A message about a piece of a configuration.
struct Diagnostic {
  Severity severity = Severity::error;
  Span place;
  std::string message;
  std::string hint{};  // what to do; empty: the message suffices
  std::vector<DiagnosticNote> notes{};
};

using Diagnostics = std::vector<Diagnostic>;

/// "error", "warning" ...
std::string_view name_of(Severity severity);

bool has_errors(const Diagnostics& diagnostics);

/// Sorts them by place (a stable sort).
void sort_by_place(Diagnostics& diagnostics);

/// The diagnostic as compilers show it, each line with its end:
///   net.conf:3:15: error: there is no template 'netbsb'
///   bind 10.0.0.1 netbsb
///                 ^~~~~~
///   hint: did you mean 'netbsd'?
/// Shows the first line of a span of several lines, and only the part of a long line around the
/// place. Diagnostics in an included file have notes on the including statements.
std::string render(const Diagnostic& diagnostic, const SourceText& source);

/// Renders all of them. If there are errors or warnings, a last line counts them.
std::string render(const Diagnostics& diagnostics, const SourceText& source);

}  // namespace apiary
