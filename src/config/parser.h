#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "config/diagnostic.h"
#include "config/port_names.h"
#include "config/statement.h"

namespace apiary {

/// The statements of a configuration and the errors in it.
struct ParsedText {
  std::vector<Statement> statements;
  std::vector<Span> comments;
  Diagnostics diagnostics;
};

/// The text of a file, or a sentence on why it cannot be read.
using FileLoader = std::function<tl::expected<std::string, std::string>(const std::string& path)>;

/// Inputs of the parser other than the text.
struct ParseSettings {
  PortNames port_names{};
  FileLoader load_file{};  // for `include`; empty: skips included files
};

/// Parses the language of Honeyd and our additions. Adds included files to `source`, and their
/// statements in place of the `include`. After an error, it continues with the next line that looks
/// like a statement, so that it reports each mistake once.
ParsedText parse(SourceText& source, const ParseSettings& settings = {});

}  // namespace apiary
