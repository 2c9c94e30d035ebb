#include "config/quantity_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/size_text.h"
#include "config/plain_word.h"

namespace apiary {
namespace {

/// Parses all of `text` as a decimal number, with or without a fraction.
std::optional<double> whole_number(std::string_view text) {
  if (!begins_with_digit(text)) return {};
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return number;
}

}  // namespace

tl::expected<Probability, ValueError> read_percentage(std::string_view text,
                                                      std::string_view noun) {
  const auto number = whole_number(text);
  if (number && *number <= 100) return percent(*number);
  const std::string meaning = fmt::format("{} is a percentage from 0 to 100", noun);
  if (text.ends_with('%') && whole_number(text.substr(0, text.size() - 1)))
    return invalid(fmt::format("'{}' is not a number", text),
                   fmt::format("{}, without the '%'", meaning));
  if (number || (text.starts_with('-') && whole_number(text.substr(1))))
    return invalid(fmt::format("a {} of {} is impossible", noun, text), meaning);
  return invalid(fmt::format("'{}' is not a number", text), meaning);
}

tl::expected<Duration, ValueError> read_milliseconds(std::string_view text, std::string_view noun) {
  constexpr double max_ms = 60'000;
  const auto count = text.ends_with("ms") ? whole_number(text.substr(0, text.size() - 2))
                                          : std::optional<double>{};
  if (!count)
    return invalid(fmt::format("'{}' is not a {}", text, noun),
                   fmt::format("a {} is written in milliseconds, such as 55ms or 0.5ms", noun));
  if (*count > max_ms)
    return invalid(fmt::format("a {} of {} is too long", noun, text), "the longest is 60000ms");
  return from_seconds(*count / 1000);
}

tl::expected<std::uint32_t, ValueError> read_number(std::string_view text, std::string_view what,
                                                    std::uint32_t least, std::uint32_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument)
    return invalid(fmt::format("expected {}, found '{}'", what, text));
  if (error != std::errc{} || number < least || number > most)
    return invalid(fmt::format("{} is not {}", text, what),
                   fmt::format("it is from {} to {}", least, most));
  return static_cast<std::uint32_t>(number);
}

tl::expected<std::uint64_t, ValueError> read_size(std::string_view text, std::string_view what,
                                                  std::uint64_t least, std::uint64_t most) {
  const auto bytes = parse_size(text);
  if (!bytes)
    return invalid(fmt::format("'{}' is not {}", text, what),
                   "it is written in bytes, or as 500K, 128M or 2G");
  if (*bytes < least || *bytes > most)
    return invalid(fmt::format("{} is not {}", text, what),
                   fmt::format("it is from {} to {}", size_text(least), size_text(most)));
  return *bytes;
}

tl::expected<std::uint64_t, ValueError> read_bandwidth(std::string_view text) {
  struct Unit {
    std::string_view name;
    double bits_per_second;
  };
  constexpr double most = 1e12;
  const std::size_t unit_at = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = whole_number(text.substr(0, unit_at));
  for (const Unit& unit : {Unit{"", 1}, Unit{"Kbps", 1e3}, Unit{"Mbps", 1e6}, Unit{"Gbps", 1e9}}) {
    if (!number || text.substr(unit_at) != unit.name) continue;
    const double rate = *number * unit.bits_per_second;
    if (rate >= 1 && rate <= most) return static_cast<std::uint64_t>(rate);
    return invalid(fmt::format("a bandwidth of {} is impossible", text),
                   "it is from 1 bit per second to 1000Gbps");
  }
  return invalid(fmt::format("'{}' is not a bandwidth", text),
                 "a bandwidth is written as 64Kbps, 10Mbps or 1Gbps");
}

tl::expected<EarlyDrop, ValueError> read_drop(std::string_view text) {
  const std::size_t dash = text.find('-', 1);
  if (dash == std::string_view::npos)
    return invalid(fmt::format("'{}' is not a pair of delays", text),
                   "it is written as: drop between 10ms - 50ms");
  const auto from = read_milliseconds(text.substr(0, dash), "delay");
  if (!from) return tl::unexpected(from.error());
  const auto to = read_milliseconds(text.substr(dash + 1), "delay");
  if (!to) return tl::unexpected(to.error());
  if (*to <= *from)
    return invalid(fmt::format("the delays '{}' run backwards", text),
                   "the first is where dropping begins, the second where all is dropped");
  return EarlyDrop{*from, *to};
}

}  // namespace apiary
