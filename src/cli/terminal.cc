#include "cli/terminal.h"

#include <unistd.h>

#include <cstdlib>

namespace apiary {

bool wants_color() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0') &&
         terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::string_view color_of(std::string_view kind) {
  if (kind == "credential") return "\x1b[1;31m";  // red
  if (kind == "scan") return "\x1b[35m";          // magenta
  if (kind == "flow_start" || kind == "flow_end") return "\x1b[32m";
  if (kind == "note" || kind == "payload") return "\x1b[36m";
  if (kind == "limit" || kind == "events_lost" || kind == "address_in_use") return "\x1b[33m";
  if (kind == "daemon" || kind == "lease") return "\x1b[34m";
  return "";
}

}  // namespace apiary
