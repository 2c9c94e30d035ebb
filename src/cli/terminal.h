#pragma once

#include <string>
#include <string_view>

namespace apiary {

/// Whether stdout is a terminal that wants colours (https://no-color.org).
bool wants_color();

/// The colour of a kind of event, as an SGR sequence.
std::string_view color_of(std::string_view kind);
inline constexpr std::string_view dim = "\x1b[2m", bold = "\x1b[1m", unstyled = "\x1b[0m";

}  // namespace apiary
