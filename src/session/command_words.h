#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "session/variables.h"

namespace apiary {

/// A quotation mark of a command that no other one closes.
struct UnclosedQuote {
  char mark = '"';
  std::size_t offset = 0;  // of the mark, in the command
};

/// The words of a command, as a POSIX shell splits them (XCU section 2.2): at blanks, with what
/// stands between single or double quotes kept together, and a backslash taking its meaning from
/// the character after it. Nothing else that a shell knows means anything. Variables are replaced
/// by their values except between single quotes and after a backslash; a value is never split, and
/// quotes in it mean nothing. None: there are no words.
tl::expected<std::vector<std::string>, UnclosedQuote> split_command(std::string_view command,
                                                                    const Variables& variables);

/// The same with the variables as they stand there.
tl::expected<std::vector<std::string>, UnclosedQuote> split_command(std::string_view command);

}  // namespace apiary
