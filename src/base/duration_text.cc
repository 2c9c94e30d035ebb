#include "base/duration_text.h"

#include <charconv>

namespace apiary {

std::optional<Duration> parse_duration(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc{}) return {};
  if (unit.empty() && number != 0) return {};
  if (unit.empty() || unit == "s") return seconds{number};
  if (unit == "m") return minutes{number};
  if (unit == "h" && number <= 2'400'000) return hours{number};
  // 64 bits hold at most 292 years in nanoseconds.
  if (unit == "d" && number <= 100'000) return hours{24} * number;
  return {};
}

}  // namespace apiary
