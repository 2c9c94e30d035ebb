#pragma once

#include <CLI/App.hpp>
#include <string>

namespace apiary {

/// What is wrong with a command line that CLI11 refused, as sentences for stderr: what, what would
/// be right, and whose --help tells more.
std::string explain_usage_error(const CLI::App& app, const CLI::ParseError& error);

/// "there is no subcommand 'chekc': did you mean check?", of an app that has subcommands.
std::string unknown_command(const CLI::App& app, const std::string& word);

}  // namespace apiary
