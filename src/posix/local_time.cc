#include "posix/local_time.h"

#include <fmt/format.h>

#include <cstdlib>

namespace apiary {

std::string local_time(std::time_t at, const char* form) {
  std::tm parts{};
  if (localtime_r(&at, &parts) == nullptr) return "?";
  char text[128];
  return {text, std::strftime(text, sizeof text, form, &parts)};
}

std::string utc_offset(std::time_t at) {
  std::tm parts{};
  if (localtime_r(&at, &parts) == nullptr) return "?";
  const long minutes = std::labs(parts.tm_gmtoff) / 60;
  return fmt::format("{}{:02}:{:02}", parts.tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace apiary
