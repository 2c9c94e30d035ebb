#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/variables.h"

namespace apiary {

/// A quotation mark of a command that its author may have meant as a character.
struct DoubtfulQuote {
  char mark = '"';
  std::size_t offset = 0;  // of the mark, in the command
  bool is_closed = false;  // false: no other one closes it, so it stands for itself
};

/// The words of a command, as a POSIX shell splits them (XCU section 2.2): at blanks, with what
/// stands between single or double quotes kept together, and a backslash taking its meaning from
/// the character after it. A quote that no other one closes is a plain character, as all are to
/// Honeyd; a shell refuses it. Nothing else that a shell knows means anything. Variables are
/// replaced by their values except between single quotes and after a backslash; a value is never
/// split, and quotes in it mean nothing.
std::vector<std::string> split_command(std::string_view command, const Variables& variables);

/// The same with the variables as they stand there.
std::vector<std::string> split_command(std::string_view command);

/// The first quote of `command` that is not closed, or single quote that begins and ends within
/// words, as in "don't" and "can't". Empty: there is none.
std::optional<DoubtfulQuote> find_doubtful_quote(std::string_view command);

}  // namespace apiary
