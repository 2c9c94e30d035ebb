#pragma once

#include <string_view>

namespace apiary {

/// Whether `text` begins like a number or an address.
bool begins_with_digit(std::string_view text);

/// Whether `text` can be a template's name or an unquoted command: a letter or '$', then letters,
/// digits and . ( ) / _ - *. (Honeyd's rule.)
bool is_plain_word(std::string_view text);

}  // namespace apiary
