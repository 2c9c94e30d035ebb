/// cli/: the command line. A file per subcommand adds its options to the CLI11 app and checks their
/// combinations. parse_command_line() turns the arguments into an action.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace apiary {

/// Runs a subcommand. Returns the exit status.
using Action = std::function<int()>;

/// The app with all subcommands; parsing sets `action`, which must outlive the app.
std::unique_ptr<CLI::App> make_command_line(Action& action);

/// The meaning of a command line: an action, or a text to print.
struct CommandLine {
  Action action{};       // empty: print the texts instead
  std::string output{};  // for stdout: help, the version
  std::string error{};   // for stderr: the mistake and the correction
};

/// `words` without the program's name.
CommandLine parse_command_line(const std::vector<std::string>& words);

/// The whole program. Returns the exit status: 2 if the command line is wrong.
int run_command_line(int argc, char** argv);

}  // namespace apiary
