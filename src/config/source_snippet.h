#pragma once

#include <string>
#include <string_view>

#include "config/source_text.h"

namespace apiary {

/// A line of a configuration as a terminal shows it, and below it what points at a part of it.
struct SourceSnippet {
  std::string line;
  std::string underline;  // "    ^~~~", of at least a caret
};

/// Shows the line that `place` begins in: tabs become spaces, bytes that would disturb a terminal
/// become question marks, and of a line longer than 100 columns only the part around `place` stays.
SourceSnippet excerpt_of(const SourceText& source, Span place);

}  // namespace apiary
