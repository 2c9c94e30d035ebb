#include "cli/top_command.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/terminal.h"
#include "cli/top_frame.h"
#include "control/control_client.h"
#include "posix/system_error.h"

namespace apiary {
namespace {

using Json = nlohmann::json;

constexpr int period_milliseconds = 1'000;

volatile std::sig_atomic_t is_ended = 0;

/// Switches to the terminal's alternate screen without cursor, line buffering and echo. The
/// destructor restores all.
class FullScreen {
 public:
  FullScreen() {
    std::signal(SIGINT, [](int) { is_ended = 1; });
    std::signal(SIGTERM, [](int) { is_ended = 1; });
    if (tcgetattr(STDIN_FILENO, &before_) == 0) {
      termios raw = before_;
      raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
      tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    fmt::print("\x1b[?1049h\x1b[?25l");
  }
  ~FullScreen() {
    fmt::print("\x1b[?25h\x1b[?1049l");
    std::fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  /// Waits for a second. Returns whether the user wants to quit.
  static bool is_left() {
    pollfd keys{STDIN_FILENO, POLLIN, 0};
    if (poll(&keys, 1, period_milliseconds) <= 0) return is_ended != 0;
    char key = 0;
    return read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == '\x1b';
  }

 private:
  termios before_{};
};

TerminalSize terminal_size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {100, 40};
  return {size.ws_col, size.ws_row};
}

tl::expected<Json, std::string> ask(const std::string& socket, const char* what) {
  const auto answer = ask_daemon(socket, {true, what});
  if (!answer) return tl::unexpected(to_string(answer.error()));
  Json json = Json::parse(answer->text, nullptr, false);
  if (!answer->ok || !json.is_object())
    return tl::unexpected(
        fmt::format("the daemon does not know the command '{}': it has another version", what));
  return json;
}

}  // namespace

int run_top(const TopOptions& options) {
  std::optional<Json> before;
  const bool is_once = options.once || isatty(STDOUT_FILENO) != 1;
  std::optional<FullScreen> screen;
  while (true) {
    auto status = ask(options.socket, "status");
    if (!status) return screen.reset(), fail(status.error());
    const auto activity = ask(options.socket, "activity");
    if (!activity) return screen.reset(), fail(activity.error());
    TerminalSize size = terminal_size();
    --size.rows;  // the cursor's
    const std::string frame =
        top_frame({*status, *activity, before ? &*before : nullptr}, size, wants_color());
    if (is_once) return fmt::print("{}", frame), 0;
    if (!screen) screen.emplace();
    fmt::print("\x1b[H\x1b[J{}", frame);
    std::fflush(stdout);
    before = std::move(*status);
    if (FullScreen::is_left()) return 0;
  }
}

}  // namespace apiary
