#include "personality/system_version.h"

#include <charconv>
#include <tuple>

namespace apiary {

std::optional<SystemVersion> version_behind(std::string_view word, std::string_view name) {
  for (std::size_t at = name.find(word); at != std::string_view::npos;
       at = name.find(word, at + 1)) {
    const char* const end = name.data() + name.size();
    const char* from = name.data() + at + word.size();
    if (from == end || *from != ' ') continue;
    SystemVersion version;
    const auto major = std::from_chars(from + 1, end, version.major);
    if (major.ec != std::errc{}) continue;
    if (major.ptr != end && *major.ptr == '.') std::from_chars(major.ptr + 1, end, version.minor);
    return version;
  }
  return {};
}

bool is_before(const std::optional<SystemVersion>& version, int major, int minor) {
  return version && std::tie(version->major, version->minor) < std::tie(major, minor);
}

}  // namespace apiary
