#pragma once

#include <CLI/App.hpp>
#include <string>

namespace apiary {

/// Explains a command line that CLI11 refused: the error, a suggestion, and the --help to read.
std::string explain_usage_error(const CLI::App& app, const CLI::ParseError& error);

/// "unknown subcommand 'chekc': did you mean check?"
std::string unknown_command(const CLI::App& app, const std::string& word);

}  // namespace apiary
