#include "config/time_values.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "config/plain_word.h"

namespace apiary {
namespace {

/// "12:00am", "5:30pm", "17:30:00", "17:30".
std::optional<Duration> read_time_of_day(std::string_view text) {
  const bool is_am = text.ends_with("am") || text.ends_with("AM");
  const bool is_pm = text.ends_with("pm") || text.ends_with("PM");
  if (is_am || is_pm) text.remove_suffix(2);
  if (text.ends_with(' ')) text.remove_suffix(1);  // "10:00:00 AM", as by strptime's %r
  int fields[3] = {0, 0, 0};
  int count = 0;
  for (const char* at = text.data(); count < 3; ++count) {
    const auto [end, error] = std::from_chars(at, text.data() + text.size(), fields[count]);
    if (error != std::errc{} || !is_digit(*at)) return {};
    if (end == text.data() + text.size()) {
      ++count;
      break;
    }
    if (*end != ':' || count == 2) return {};
    at = end + 1;
    if (at == text.data() + text.size()) return {};
  }
  if (count < 2 || fields[1] > 59 || fields[2] > 59) return {};
  if (is_am || is_pm) {
    if (fields[0] < 1 || fields[0] > 12) return {};
    fields[0] = fields[0] % 12 + (is_pm ? 12 : 0);
  }
  if (fields[0] > 23) return {};
  return hours{fields[0]} + minutes{fields[1]} + seconds{fields[2]};
}

}  // namespace

tl::expected<AtTime, ValueError> read_day_part(std::string_view text) {
  constexpr const char* meaning = "a time is written as 9:30am, 12:00pm (noon) or \"17:30:00\"";
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos)
    return invalid(fmt::format("'{}' is not a span of time", text),
                   "it is written as: time between 9:00am - 5:00pm");
  for (const std::string_view time : {text.substr(0, dash), text.substr(dash + 1)})
    if (!read_time_of_day(time))
      return invalid(fmt::format("'{}' is not a time of day", time), meaning);
  const AtTime part{*read_time_of_day(text.substr(0, dash)),
                    *read_time_of_day(text.substr(dash + 1))};
  if (part.from == part.to) return invalid(fmt::format("'{}' is an empty span of time", text));
  return part;
}

}  // namespace apiary
