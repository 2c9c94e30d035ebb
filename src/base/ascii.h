#pragma once

namespace apiary {

// Of ASCII alone: those of <cctype> depend on the locale, and want no negative char.

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace apiary
