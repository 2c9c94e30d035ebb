#pragma once

#include <string>
#include <vector>

#include "config/source_text.h"

namespace apiary {

enum class Severity : std::uint8_t {
  error,        // the configuration cannot be used
  warning,      // it can, but surely does not mean this
  notice,       // worth knowing
  unsupported,  // understood, but this build does not do it yet
};

/// Another place that has to do with a diagnostic.
struct DiagnosticNote {
  Span place;
  std::string message;
};

/// Something to say about a piece of a configuration.
struct Diagnostic {
  Severity severity = Severity::error;
  Span place;
  std::string message;
  std::string hint{};  // what to do about it; empty when the message says it all
  std::vector<DiagnosticNote> notes{};
};

using Diagnostics = std::vector<Diagnostic>;

/// "error", "warning" ...
std::string_view name_of(Severity severity);

bool has_errors(const Diagnostics& diagnostics);

/// Puts them in the order of their places; those of the same place keep theirs.
void sort_by_place(Diagnostics& diagnostics);

/// The diagnostic as compilers show it, each line with its end:
///   net.conf:3:15: error: there is no template 'netbsb'
///   bind 10.0.0.1 netbsb
///                 ^~~~~~
///   hint: did you mean 'netbsd'?
/// A span of several lines is shown as far as its first one goes; of a long line, what is near.
/// What is in an included file has notes on who includes it.
std::string render(const Diagnostic& diagnostic, const SourceText& source);

/// All of them, and when there are errors or warnings a last line that counts them.
std::string render(const Diagnostics& diagnostics, const SourceText& source);

}  // namespace apiary
