#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/variables.h"

namespace apiary {

/// A quotation mark that the author of a command may have meant as a character.
struct DoubtfulQuote {
  char mark = '"';
  std::size_t offset = 0;  // of the mark in the command
  bool is_closed = false;  // false: no other mark closes it, so it is a plain character
};

/// Splits a command into words as a POSIX shell does (XCU section 2.2): at blanks; single and
/// double quotes keep text together; a backslash makes the next character a plain one. A quote that
/// no other one closes is a plain character, as all quotes are to Honeyd; a shell refuses it.
/// Nothing else of a shell's syntax has a meaning. Replaces variables by their values, except
/// between single quotes and after a backslash. A value is never split, and its quotes are plain
/// characters.
std::vector<std::string> split_command(std::string_view command, const Variables& variables);

/// The same without replacing variables.
std::vector<std::string> split_command(std::string_view command);

/// Returns the first quote of `command` that is not closed, or that is single and lies within a
/// word at both ends, as in "don't" and "can't". Empty if there is none.
std::optional<DoubtfulQuote> find_doubtful_quote(std::string_view command);

}  // namespace apiary
