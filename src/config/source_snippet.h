#pragma once

#include <string>
#include <string_view>

#include "config/source_text.h"

namespace apiary {

/// A line of a configuration for a terminal, and a line that underlines a part of it.
struct SourceSnippet {
  std::string line;
  std::string underline;  // "    ^~~~", at least a caret
};

/// Shows the line in which `place` begins. Tabs become spaces, unprintable bytes question marks. Of
/// a line longer than 100 columns, shows the part around `place`.
SourceSnippet snippet_of(const SourceText& source, Span place);

}  // namespace apiary
