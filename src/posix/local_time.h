#pragma once

#include <ctime>
#include <string>

namespace apiary {

/// Formats `at`, seconds since 1970, as strftime(3) does, in this machine's time zone; at most 127
/// characters.
std::string local_time(std::time_t at, const char* form);

/// The offset of local time from UTC at `at`: "+01:00", "-03:30"; "+00:00" for UTC.
std::string utc_offset(std::time_t at);

}  // namespace apiary
