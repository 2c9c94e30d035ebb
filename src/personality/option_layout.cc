#include "personality/option_layout.h"

#include <algorithm>
#include <charconv>

namespace apiary {
namespace {

/// Removes the leading hexadecimal number of `text` and returns it.
std::optional<std::uint16_t> take_number(std::string_view& text) {
  std::uint16_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (result.ec != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
  return number;
}

std::optional<OptionToken> take_token(std::string_view& text) {
  const char letter = text.front();
  text.remove_prefix(1);
  switch (letter) {
    case 'L':
      return OptionToken{.kind = tcp_option::end};
    case 'N':
      return OptionToken{.kind = tcp_option::nop};
    case 'S':
      return OptionToken{.kind = tcp_option::sack_permitted};
    case 'M':
    case 'W': {
      const auto number = take_number(text);
      if (!number) return std::nullopt;
      return OptionToken{.kind = letter == 'M' ? tcp_option::mss : tcp_option::window_scale,
                         .value = *number};
    }
    case 'T': {
      if (text.size() < 2) return std::nullopt;
      const OptionToken token{
          .kind = tcp_option::timestamps, .shows_clock = text[0] == '1', .echoes = text[1] == '1'};
      text.remove_prefix(2);
      return token;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

OfferedOptions offered_options(const TcpOptions& options) {
  return {.mss = options.mss.has_value(),
          .window_scale = options.window_scale.has_value(),
          .sack_permitted = options.sack_permitted,
          .timestamps = options.timestamps.has_value()};
}

std::optional<OptionLayout> parse_option_layout(std::string_view text) {
  OptionLayout layout;
  std::size_t size = 0;
  while (!text.empty()) {
    const auto token = take_token(text);
    if (!token) return std::nullopt;
    layout.push_back(*token);
    size += tcp_option_size_bytes(token->kind);
  }
  if (size % 4 != 0 || size > 40) return std::nullopt;
  return layout;
}

const OptionToken* find_option(const OptionLayout& layout, std::uint8_t kind) {
  const auto found = std::ranges::find(layout, kind, &OptionToken::kind);
  return found == layout.end() ? nullptr : &*found;
}

}  // namespace apiary
