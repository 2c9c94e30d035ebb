#pragma once

namespace apiary {

// For ASCII only: the functions of <cctype> depend on the locale, and do not accept a negative
// char.

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace apiary
