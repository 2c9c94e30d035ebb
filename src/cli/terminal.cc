#include "cli/terminal.h"

#include <unistd.h>

#include <cstdlib>

#include "event/event_kind.h"

namespace apiary {

bool wants_color() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0') &&
         terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::string_view color_of(std::string_view kind) {
  const auto known = event_kind_called(kind);
  switch (known ? spec_of(*known).tone : EventTone::plain) {
    case EventTone::alarm:
      return "\x1b[1;31m";  // red
    case EventTone::scan:
      return "\x1b[35m";  // magenta
    case EventTone::conversation:
      return "\x1b[32m";  // green
    case EventTone::speech:
      return "\x1b[36m";  // cyan
    case EventTone::warning:
      return "\x1b[33m";  // yellow
    case EventTone::status:
      return "\x1b[34m";  // blue
    case EventTone::plain:
      break;
  }
  return "";
}

}  // namespace apiary
