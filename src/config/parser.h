#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "config/diagnostic.h"
#include "config/port_names.h"
#include "config/statement.h"

namespace apiary {

/// What a configuration says, statement by statement, and what in it could not be understood.
struct ParsedText {
  std::vector<Statement> statements;
  std::vector<Span> comments;
  Diagnostics diagnostics;
};

/// The text of a file, or a sentence that says why there is none.
using FileLoader = std::function<tl::expected<std::string, std::string>(const std::string& path)>;

/// What the parser does not know by itself.
struct ParseSettings {
  PortNames port_names{};
  FileLoader load_file{};  // for `include`; without it included files are not read
};

/// Reads the language of Honeyd and our additions to it. Files that it includes become part of
/// `source`, and their statements follow where they are included. After an error it goes on with
/// the next line that looks like a statement, so that one mistake is reported once.
ParsedText parse(SourceText& source, const ParseSettings& settings = {});

}  // namespace apiary
