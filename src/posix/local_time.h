#pragma once

#include <ctime>
#include <string>

namespace apiary {

/// `at`, seconds since 1970, by this machine's clock, in the words of strftime(3); at most 127
/// characters.
std::string local_time(std::time_t at, const char* form);

/// How far local time is ahead of UTC at `at`: "+01:00", "-03:30"; "+00:00" for UTC.
std::string utc_offset(std::time_t at);

}  // namespace apiary
